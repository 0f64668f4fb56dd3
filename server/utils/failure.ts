import { randomUUID } from 'node:crypto'
import type { H3Event } from 'h3'
import { setResponseHeader, setResponseStatus } from 'h3'
import type { ApiErrorCode, ApiFailure } from '#shared/errors'
import { errorStatus, LadingError } from '#shared/errors'
import { logError } from './log'

/** Names this request in the answer, its headers and the log. */
export function requestIdOf(event: H3Event): string {
  event.context.requestId ??= randomUUID()
  return String(event.context.requestId)
}

/** Sets the answer's status and headers for anything that was thrown, and answers its body. */
export function answerFailure(event: H3Event, thrown: unknown): ApiFailure {
  const failure = toApiFailure(event, thrown)
  setResponseStatus(event, errorStatus[failure.code])
  const retryAfterMs = thrown instanceof LadingError ? thrown.retryAfterMs : undefined
  if (retryAfterMs !== undefined) setResponseHeader(event, 'retry-after', Math.ceil(retryAfterMs / 1000))
  return failure
}

/** Our own words for whatever was thrown. What is our fault or the store's goes to the log, with its cause. */
export function toApiFailure(event: H3Event, thrown: unknown): ApiFailure {
  const requestId = requestIdOf(event)
  const failure = { ...translate(thrown), requestId }
  if (errorStatus[failure.code] >= 500) logError(`[lading] ${requestId} ${failure.code}: ${describe(thrown)}`)
  return failure
}

function translate(thrown: unknown): { code: ApiErrorCode, message: string } {
  if (thrown instanceof LadingError && isApiCode(thrown.code)) return { code: thrown.code, message: thrown.message }
  return { code: 'server_error', message: 'Something went wrong on our side.' }
}

function isApiCode(code: LadingError['code']): code is ApiErrorCode {
  return errorStatus[code] !== undefined
}

/** Names, codes and messages down to the first cause; of our own mistakes also where they happened. Never a URL. */
function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'not an error'
  const { code, $metadata } = thrown as { code?: unknown, $metadata?: { httpStatusCode?: number } }
  const facts = [thrown.name, code, $metadata?.httpStatusCode].filter((fact) => fact !== undefined).join(' ')
  const isOurMistake = !(thrown instanceof LadingError) && $metadata === undefined
  const text = isOurMistake ? thrown.stack ?? thrown.message : thrown.message
  const cause = thrown.cause === undefined ? '' : ` <- ${describe(thrown.cause)}`
  return `${facts}: ${withoutUrls(text)}${cause}`
}

function withoutUrls(text: string): string {
  return text.replace(/https?:\/\/\S+/g, '<url>').replace(/X-Amz-[^\s&]+/gi, '<signed>').slice(0, 2000)
}
