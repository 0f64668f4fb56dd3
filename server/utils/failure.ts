import { randomUUID } from 'node:crypto'
import type { H3Event } from 'h3'
import { getRequestHeader, setResponseHeader, setResponseStatus } from 'h3'
import type { ApiErrorCode, ApiFailure } from '#shared/errors'
import { errorStatus, LadingError } from '#shared/errors'
import { causeName, describeThrown } from './describeThrown'
import { log } from './log'

declare module 'h3' {
  interface H3EventContext {
    requestId?: string
    /** What this request's line in the log tells of its failures; several in a batch. */
    failures?: { code: ApiErrorCode, cause: string | undefined }[]
  }
}

/** Names this request in the answer, its headers and the log. Vercel has given it a name already. */
export function requestIdOf(event: H3Event): string {
  return event.context.requestId ??= platformId(event) ?? randomUUID()
}

/** Only where the platform overwrites what a client sends: else anybody could put words into the log. */
function platformId(event: H3Event): string | undefined {
  const given = process.env.VERCEL ? getRequestHeader(event, 'x-vercel-id') : undefined
  return given && /^[\w:.-]{8,128}$/.test(given) ? given : undefined
}

/** Sets the answer's status and headers for anything that was thrown, and answers its body. */
export function answerFailure(event: H3Event, thrown: unknown): ApiFailure {
  const failure = toApiFailure(event, thrown)
  setResponseStatus(event, errorStatus[failure.code])
  const retryAfterMs = thrown instanceof LadingError ? thrown.retryAfterMs : undefined
  if (retryAfterMs !== undefined) setResponseHeader(event, 'retry-after', Math.ceil(retryAfterMs / 1000))
  return failure
}

/** Our own words for whatever was thrown. What is our fault or the store's has a line of its own in the log, with its cause. */
export function toApiFailure(event: H3Event, thrown: unknown): ApiFailure {
  const requestId = requestIdOf(event)
  const failure = { ...translate(thrown), requestId }
  event.context.failures = [...event.context.failures ?? [], { code: failure.code, cause: causeName(thrown) }]
  if (errorStatus[failure.code] >= 500) log('error', 'failure', { requestId, code: failure.code, cause: describeThrown(thrown) })
  return failure
}

function translate(thrown: unknown): { code: ApiErrorCode, message: string } {
  if (thrown instanceof LadingError && isApiCode(thrown.code)) return { code: thrown.code, message: thrown.message }
  return { code: 'server_error', message: 'Something went wrong on our side.' }
}

function isApiCode(code: LadingError['code']): code is ApiErrorCode {
  return errorStatus[code] !== undefined
}
