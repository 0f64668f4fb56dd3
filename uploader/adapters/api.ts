import type { BatchResult } from '#shared/api'
import type { BatchedCalls, UploadApi } from '~/uploader/engine/ports'
import type { Whose } from './whose'
import { ownerHeader } from '#shared/access'
import { LadingError } from '#shared/errors'
import type { Calls } from './calls'
import { createCalls } from './calls'

/** A single `complete` may take as long as the platform lets it, in milliseconds. */
const completeMs = 330_000

export interface ApiOptions {
  /** For whom the uploads are: a call in another one's name is refused. */
  whose: Whose
  /** @default '/api' */
  baseUrl?: string
}

/** Our server's upload calls, over `fetch`. Retry is the engine's business, so there is none here. */
export function createApi({ whose, baseUrl }: ApiOptions): Omit<UploadApi, 'session'> {
  return uploadCalls(createCalls({ baseUrl, headers: () => ({ ...whose.owner !== undefined && { [ownerHeader]: whose.owner } }) }))
}

/** The same over any way to make a call. */
export function uploadCalls({ call, post }: Calls): Omit<UploadApi, 'session'> {
  return {
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
