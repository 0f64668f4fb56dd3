import { once } from 'node:events'
import { connect } from 'node:net'

/** Nobody waits longer for an answer. */
const patienceMs = 10_000

/**
 * Writes bytes to the server as they are, sends nothing more and keeps the connection open. Answers what came back once
 * `isEnough` says so, or the server has closed the connection. Throws where neither happens in time.
 */
export async function converse(site: string, bytes: Iterable<string | Uint8Array>, isEnough: (answer: string) => boolean): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(site).port) })
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('There was no answer.')))
  let answer = ''
  const answered = new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (isEnough(answer)) resolve()
    })
    socket.on('close', () => resolve())
    // A server that has had enough may close while we still write; what it said before counts.
    socket.on('error', (error) => answer === '' ? reject(error) : resolve())
  })
  await once(socket, 'connect')
  for (const piece of bytes) if (!socket.destroyed) socket.write(piece)
  try {
    await answered
    return answer
  } finally {
    socket.destroy()
  }
}

/** The status of the first answer on a connection. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
}

export const hasAnswer = (answer: string) => /\r\n\r\n[^]*\}/.test(answer)
