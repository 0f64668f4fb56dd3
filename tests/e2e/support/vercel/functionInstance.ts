import type { ChildProcess } from 'node:child_process'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request as ask } from 'node:http'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('launcher.mjs', import.meta.url))

export interface FunctionRequest {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface FunctionInstance {
  /** Requests that it was given. */
  readonly taken: number
  /** Whether it can be given any more. */
  readonly isAlive: boolean
  /** Gives the head of the answer, and rejects when there is none. `onBegin` is called when the process has started, which no request's time is spent on. */
  invoke(request: FunctionRequest, onBegin: () => void): Promise<IncomingMessage>
  /** Ends it once nothing is under way. */
  retire(): void
  kill(): Promise<void>
}

/** One cold start: a process with nothing but the project's settings, which stands still while it has nothing to answer. */
export function startInstance(folder: string, handler: string, env: Record<string, string>, tell: (chunk: Buffer) => void): FunctionInstance {
  const child = spawn(execPath, [launcher, handler], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  child.stdout?.on('data', tell)
  child.stderr?.on('data', tell)
  const port = portOf(child)
  // Whoever invokes it is told.
  port.catch(() => {})
  let taken = 0
  let running = 0
  let isRetired = false

  function rest() {
    running -= 1
    if (running > 0) return
    child.kill(isRetired ? 'SIGKILL' : 'SIGSTOP')
  }

  return {
    get taken() { return taken },
    get isAlive() { return child.exitCode === null && child.signalCode === null },

    async invoke({ body, ...head }, onBegin) {
      taken += 1
      running += 1
      child.kill('SIGCONT')
      try {
        const itsPort = await port
        onBegin()
        const outgoing = ask({ host: '127.0.0.1', port: itsPort, agent: false, path: head.url, method: head.method, headers: head.headers })
        const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
        outgoing.end(body)
        const [answer] = await answered
        answer.once('close', rest)
        return answer
      } catch (error) {
        rest()
        throw error
      }
    },

    retire() {
      isRetired = true
      if (running === 0) child.kill('SIGKILL')
    },

    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function portOf(child: ChildProcess): Promise<number> {
  const ended = once(child, 'exit').then(([code]) => { throw new Error(`The function ended at its start, with ${code}`) })
  const [port] = await Promise.race([once(child, 'message') as Promise<[number]>, ended])
  ended.catch(() => {})
  return port
}
