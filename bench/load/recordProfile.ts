import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** As V8 writes it. */
export interface CpuProfile {
  nodes: { id: number, callFrame: { functionName: string, url: string, lineNumber: number, columnNumber: number }, children?: number[] }[]
  samples: number[]
  timeDeltas: number[]
}

/** Records where a Node process spends its time, which was started with `--inspect` on this port. */
export async function recordProfile(port: number, seconds: number): Promise<CpuProfile> {
  const [target] = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json() as { webSocketDebuggerUrl: string }[]
  if (!target) throw new Error('There is no process to profile')
  const socket = new WebSocket(target.webSocketDebuggerUrl, { maxPayload: 0 })
  await once(socket, 'open')
  let id = 0

  async function ask<Result>(method: string): Promise<Result> {
    const own = ++id
    socket.send(JSON.stringify({ id: own, method }))
    for (;;) {
      const [message] = await once(socket, 'message') as [Buffer]
      const answer = JSON.parse(message.toString()) as { id?: number, result: Result }
      if (answer.id === own) return answer.result
    }
  }

  await ask('Profiler.enable')
  await ask('Profiler.start')
  await pause(seconds * 1000)
  const { profile } = await ask<{ profile: CpuProfile }>('Profiler.stop')
  socket.close()
  return profile
}
