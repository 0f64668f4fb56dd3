import type { PersonOptions } from './person'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { SignAnswer } from '#shared/api'
import { comfortablePartCount } from '#shared/limits'
import { partMs, sentPartBytes } from './people'
import { createPerson } from './person'

export interface StandIn {
  /** From now on it asks for one more, who wants so many parts a call. */
  takeOne(parts: number): void
  stop(): void
}

const digest = createHash('md5').update(randomBytes(sentPartBytes)).digest('base64')
const agent = new Agent({ keepAlive: true })

/**
 * Asks for URLs as the pages of several people do, and sends nothing: one session and one open upload for all of them, and for each a sign
 * call whenever the parts of the call before would have left over that person's line. Its calls cost as little as can be, for the server is to be busy
 * and not whoever asks.
 */
export async function createStandIn(options: PersonOptions): Promise<StandIn> {
  const { calls: { post }, headers, baseUrl } = await createPerson(options)
  const id = randomUUID()
  await post('upload/initiate', {
    id,
    fileName: 'cargo.bin',
    fileBytes: comfortablePartCount * sentPartBytes,
    contentType: '',
    fingerprint: randomBytes(32).toString('hex'),
    partBytes: sentPartBytes,
  })
  const stopped = new AbortController()

  async function askOn(parts: number) {
    const body = Buffer.from(JSON.stringify({ id, parts: Array.from({ length: parts }, (_, index) => ({ partNumber: index + 1, bytes: sentPartBytes, digest })) }))
    const everyMs = parts * partMs
    let dueAt = performance.now() + Math.random() * everyMs
    for (let isFirst = true; ; isFirst = false) {
      await pause(Math.max(0, dueAt - performance.now()), undefined, { signal: stopped.signal })
      dueAt += everyMs
      const startedAt = performance.now()
      const error = await sign(body, isFirst ? parts : undefined).catch(String)
      options.note({ path: 'upload/sign', startedAt, ms: performance.now() - startedAt, parts, ...error !== undefined && { error } })
    }
  }

  /** Answers what went wrong. Only where a number of URLs is expected is the answer read, and not merely received. */
  async function sign(body: Buffer, expected: number | undefined): Promise<string | undefined> {
    const request = httpRequest(`${baseUrl}/upload/sign`, { method: 'POST', agent, headers: { ...headers, 'x-lading': '1', 'content-type': 'application/json', 'content-length': body.length } })
    request.end(body)
    const [answer] = await once(request, 'response') as [IncomingMessage]
    if (answer.statusCode === 200 && expected === undefined) {
      answer.resume()
      await once(answer, 'end')
      return undefined
    }
    const said = await text(answer)
    if (answer.statusCode !== 200) return `${answer.statusCode} ${said}`
    return (JSON.parse(said) as SignAnswer).parts.length === expected ? undefined : `Not ${expected} URLs: ${said}`
  }

  return {
    takeOne: (parts) => void askOn(parts).catch((thrown: unknown) => {
      if (!stopped.signal.aborted) throw thrown
    }),
    stop: () => stopped.abort(),
  }
}
