/**
 * Every failure that crosses a border of the project carries one of these codes. Components turn them into words;
 * nothing else is shown to a person. The number is the HTTP status with which the server sends a code; the codes
 * without one never leave the browser.
 */
export const errorStatus = {
  // What was asked for
  invalid_request: 400,
  sign_in: 401,
  wrong_passcode: 403,
  forbidden_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  parts_mismatch: 409,
  object_conflict: 409,
  upload_gone: 410,
  body_too_large: 413,
  file_too_large: 413,
  quota_exceeded: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  // What stands behind the server
  server_error: 500,
  store_config: 502,
  store_unavailable: 503,
  // The store, as the browser sees it
  store_cors: undefined,
  store_busy: undefined,
  store_full: undefined,
  store_unreachable: undefined,
  store_rejected: undefined,
  digest_refused: undefined,
  url_expired: undefined,
  server_clock: undefined,
  // The way there
  offline: undefined,
  server_unreachable: undefined,
  stalled: undefined,
  // The file
  file_mismatch: undefined,
  file_changed: undefined,
  file_unreadable: undefined,
  file_empty_name: undefined,
  file_permission: undefined,
  // This browser
  browser_limit: undefined,
  storage_unavailable: undefined,
  worker_failed: undefined,
  unexpected: undefined,
} as const satisfies Record<string, number | undefined>

export type ErrorCode = keyof typeof errorStatus

/** The codes that the server sends. */
export type ApiErrorCode = { [Code in ErrorCode]: (typeof errorStatus)[Code] extends number ? Code : never }[ErrorCode]

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorStatus, value)
}

/** What the server answers instead of a result. Never holds a host, a key, or a word of the store's. */
export interface ApiFailure {
  code: ApiErrorCode
  message: string
  requestId: string
  /** In a batch, for a single one of it: what the `Retry-After` header says of a whole answer, in milliseconds. */
  retryAfterMs?: number
}

/** The project's one error class. `message` is for logs; what a person reads is looked up by `code`. */
export class LadingError extends Error {
  override readonly name = 'LadingError'

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ErrorOptions & {
      /** The other side asked for this pause before the next try, in milliseconds. */
      retryAfterMs?: number
    } = {},
  ) {
    super(message, options)
    this.retryAfterMs = options.retryAfterMs
  }

  readonly retryAfterMs: number | undefined
}

/** Makes a `LadingError` of anything that was thrown; what is not ours becomes `unexpected`, with its cause. */
export function toLadingError(thrown: unknown): LadingError {
  if (thrown instanceof LadingError) return thrown
  return new LadingError('unexpected', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
}
