import { once } from 'node:events'
import WebSocket from 'ws'

/** A connection that speaks WebDriver BiDi. */
export interface Bidi {
  /** @throws Error in the browser's own words. */
  send<Result>(method: string, params: Record<string, unknown>): Promise<Result>
  close(): void
}

type Answer = { type: 'success', id: number, result: unknown } | { type: 'error', id: number, error: string, message: string } | { type: 'event', id?: undefined }

export async function connectBidi(url: string): Promise<Bidi> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  const waiting = new Map<number, (answer: Answer) => void>()
  let sent = 0
  socket.on('message', (data) => {
    const answer = JSON.parse((data as Buffer).toString()) as Answer
    if (answer.id === undefined) return
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })

  return {
    async send<Result>(method: string, params: Record<string, unknown>) {
      const id = sent += 1
      const answered = new Promise<Answer>((resolve) => { waiting.set(id, resolve) })
      socket.send(JSON.stringify({ id, method, params }))
      const answer = await answered
      if (answer.type === 'error') throw new Error(`${method}: ${answer.error}: ${answer.message}`)
      if (answer.type !== 'success') throw new Error(`${method}: ${JSON.stringify(answer)}`)
      // An exception in the page is a success of the protocol.
      const { exceptionDetails } = answer.result as { exceptionDetails?: { text: string } }
      if (exceptionDetails) throw new Error(`${method}: ${exceptionDetails.text}`)
      return answer.result as Result
    },
    close: () => { socket.close() },
  }
}
