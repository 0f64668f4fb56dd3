import type { Calls } from '~/uploader/adapters/calls'
import { createCalls } from '~/uploader/adapters/calls'
import { createApiClient } from '~/tests/e2e/support/apiClient'

/** One call of the API. Times are milliseconds on `performance`'s clock. */
export interface TimedCall {
  path: string
  startedAt: number
  ms: number
  /** URLs that it asked for. */
  parts: number
  error?: string
}

export interface PersonOptions {
  siteUrl: string
  address: string
  note(call: TimedCall): void
}

export interface Person {
  calls: Calls
  /** That a call of theirs carries. */
  headers: Record<string, string>
  baseUrl: string
}

/** Somebody new, with a session and an address of their own, and the way in which their page makes its calls: each is noted. */
export async function createPerson({ siteUrl, address, note }: PersonOptions): Promise<Person> {
  const client = createApiClient({ url: siteUrl }, { 'x-forwarded-for': address })
  const headers = { 'cookie': await client.signIn(), 'x-forwarded-for': address }
  const baseUrl = `${siteUrl.replace('localhost', '127.0.0.1')}/api`
  const calls = createCalls({ baseUrl, headers: () => headers })

  async function timed<Answer>(path: string, body: object | undefined, make: () => Promise<Answer>): Promise<Answer> {
    const startedAt = performance.now()
    const end = (error?: string) => note({ path, startedAt, ms: performance.now() - startedAt, parts: partsIn(body), ...error !== undefined && { error } })
    try {
      const answer = await make()
      end()
      return answer
    } catch (thrown) {
      end(String(thrown))
      throw thrown
    }
  }

  return {
    calls: {
      call: (path, call) => timed(path, call.body, () => calls.call(path, call)),
      post: (path, body, signal, timeoutMs) => timed(path, body, () => calls.post(path, body, signal, timeoutMs)),
    },
    headers,
    baseUrl,
  }
}

function partsIn(body: object | undefined): number {
  return body && 'parts' in body && Array.isArray(body.parts) ? body.parts.length : 0
}
