import type { BatchResult, Identity, SessionAnswer } from '#shared/api'
import type { ApiFailure } from '#shared/errors'
import type { BatchedCalls, UploadApi } from '~/uploader/engine/ports'
import type { TabLocks } from './tabLocks'
import { isErrorCode, LadingError } from '#shared/errors'
import { FetchError, ofetch } from 'ofetch'

/** Longest wait for an answer of our server, in milliseconds; a single `complete` may take as long as the platform lets it. */
const answerMs = 30_000
const completeMs = 330_000

interface Call {
  method: 'GET' | 'POST'
  body?: object
  query?: Record<string, string>
  signal?: AbortSignal
  timeoutMs?: number
}

export interface ApiOptions {
  /** What shows the server who this browser was before; undefined where the browser can't keep a key. */
  identify(): Promise<Identity | undefined>
  locks: Pick<TabLocks, 'alone'>
  /** @default '/api' */
  baseUrl?: string
}

/** Our server's upload calls, over `fetch`. Retry is the engine's business, so there is none here. */
export function createApi({ identify, locks, baseUrl = '/api' }: ApiOptions): UploadApi {
  async function call<Answer>(path: string, { method, body, query, signal, timeoutMs = answerMs }: Call): Promise<Answer> {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const answer = await ofetch.raw<Answer>(`${baseUrl}/${path}`, {
        method,
        body,
        query,
        retry: 0,
        // The server asks for it on every call that changes something: no foreign form can send it.
        headers: { 'x-lading': '1' },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      return readAnswer<Answer>(answer.status, answer._data)
    } catch (thrown) {
      signal?.throwIfAborted()
      throw toFailure(thrown)
    }
  }

  const post = <Answer>(path: string, body: object, signal?: AbortSignal, timeoutMs?: number) =>
    call<Answer>(path, { method: 'POST', body, signal, timeoutMs })

  return {
    // Two tabs that open at once must not make two owners.
    session: (signal) => locks.alone('session', async () =>
      await post<SessionAnswer>('session', { identity: await identify() }, signal), signal),
    initiate: (request, signal) => post('upload/initiate', request, signal),
    sign: (request, signal) => post('upload/sign', request, signal),
    status: (id, signal) => call('upload/status', { method: 'GET', query: { id }, signal }),
    pending: (signal) => call('upload/pending', { method: 'GET', signal }),
    complete: (request, signal) => post('upload/complete', request, signal, completeMs),
    seal: (id, sha256, signal) => post('upload/seal', { id, sha256 }, signal),
    abort: (id, signal) => post('upload/abort', { id }, signal),
    async batch<Name extends keyof BatchedCalls>(name: Name, requests: readonly BatchedCalls[Name]['request'][]) {
      // The server answers a batch in time, whatever is not done by then.
      const { results } = await post<{ results: BatchResult<BatchedCalls[Name]['answer'] & object>[] }>(`upload/${name}`, { uploads: requests })
      return results.map((result) => 'error' in result ? new LadingError(result.error.code, result.error.message, { retryAfterMs: result.error.retryAfterMs }) : result)
    },
  }
}

/** A page in the place of an answer comes from a proxy or from a deployment in progress: the server was not reached. */
function readAnswer<Answer>(status: number, data: unknown): Answer {
  if (status !== 204 && (typeof data !== 'object' || data === null)) {
    throw new LadingError('server_unreachable', 'Something else than our server answered')
  }
  return data as Answer
}

function toFailure(thrown: unknown): LadingError {
  if (thrown instanceof LadingError) return thrown
  const response = thrown instanceof FetchError ? thrown.response : undefined
  if (!response) {
    return new LadingError(navigator.onLine ? 'server_unreachable' : 'offline', 'The server did not answer', { cause: thrown })
  }
  const retryAfterMs = retryAfter(response.headers)
  const failure = response._data as Partial<ApiFailure> | undefined
  if (isErrorCode(failure?.code)) {
    return new LadingError(failure.code, failure.message ?? '', { cause: thrown, retryAfterMs })
  }
  // Not in our words: a proxy before the server, or a server that is just being replaced.
  const code = response.status === 429 ? 'rate_limited' : 'server_unreachable'
  return new LadingError(code, `HTTP ${response.status} that is not ours`, { cause: thrown, retryAfterMs })
}

/** `Retry-After` in milliseconds; both of its forms. */
export function retryAfter(headers: { get(name: string): string | null }): number | undefined {
  const value = headers.get('retry-after')
  if (!value) return undefined
  const seconds = Number(value)
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
