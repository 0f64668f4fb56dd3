import type { ApiFailure } from '#shared/errors'
import { isErrorCode, LadingError } from '#shared/errors'
import { FetchError, ofetch } from 'ofetch'

/** Longest wait for an answer of our server, in milliseconds. */
const answerMs = 30_000

export interface Call {
  method: 'GET' | 'POST'
  body?: object
  query?: Record<string, string>
  signal?: AbortSignal
  timeoutMs?: number
}

export interface CallsOptions {
  /** @default '/api' */
  baseUrl?: string
  /** Looked at with each call. */
  headers?(): Record<string, string>
}

export interface Calls {
  call<Answer>(path: string, call: Call): Promise<Answer>
  post<Answer>(path: string, body: object, signal?: AbortSignal, timeoutMs?: number): Promise<Answer>
}

/** Calls of our server, over `fetch`. They throw what went wrong in our words, or the signal's reason. */
export function createCalls({ baseUrl = '/api', headers }: CallsOptions): Calls {
  async function call<Answer>(path: string, { method, body, query, signal, timeoutMs = answerMs }: Call): Promise<Answer> {
    const late = new AbortController()
    // Not `AbortSignal.timeout`, which the browser keeps until its time is up, however soon the answer came.
    const timer = setTimeout(() => { late.abort(new DOMException('No answer came in time', 'TimeoutError')) }, timeoutMs)
    try {
      const answer = await ofetch.raw<Answer>(`${baseUrl}/${path}`, {
        method,
        body,
        query,
        retry: 0,
        // The server asks for it on every call that changes something: no foreign form can send it.
        headers: { 'x-lading': '1', ...headers?.() },
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      })
      return readAnswer<Answer>(answer.status, answer._data)
    } catch (thrown) {
      signal?.throwIfAborted()
      throw toFailure(thrown)
    } finally {
      clearTimeout(timer)
    }
  }

  const post = <Answer>(path: string, body: object, signal?: AbortSignal, timeoutMs?: number) =>
    call<Answer>(path, { method: 'POST', body, signal, timeoutMs })

  return { call, post }
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
