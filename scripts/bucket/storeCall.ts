import { LadingError } from '#shared/errors'

/** What the server's key may have to be allowed, as policies name it. */
export type Action =
  | 's3:ListBucket' | 's3:ListBucketMultipartUploads' | 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject' | 's3:AbortMultipartUpload'
  | 's3:ListMultipartUploadParts' | 's3:GetLifecycleConfiguration' | 's3:PutLifecycleConfiguration' | 's3:GetBucketCORS' | 's3:PutBucketCORS'

/** Why a call to the store went wrong, in the store's own words. */
export interface StoreFailure {
  /** The store's error code, or the name of what went wrong on the way to it. */
  code: string
  /** Undefined where no answer came. */
  status?: number
  message: string
  /** The region that the store would have liked. */
  region?: string
}

export class CallFailed extends Error {
  override readonly name = 'CallFailed'

  constructor(readonly action: Action, readonly failure: StoreFailure, options: ErrorOptions) {
    super(`${action}: ${describeFailure(failure)}`, options)
  }
}

/** Waits for a call of the SDK or the gateway that needs this permission. Throws `CallFailed`. */
export async function permitted<Answer>(action: Action, call: Promise<Answer>): Promise<Answer> {
  try {
    return await call
  } catch (error) {
    throw new CallFailed(action, readFailure(error), { cause: error })
  }
}

/** What the SDK throws, as far as we look at it. */
interface SdkError extends Error {
  code?: unknown
  Region?: unknown
  $metadata?: { httpStatusCode?: number }
  $response?: { headers?: Record<string, string> }
}

/** Looks behind the gateway's own errors, which say nothing of the store's. */
export function readFailure(thrown: unknown): StoreFailure {
  if (thrown instanceof LadingError && thrown.cause instanceof Error) return readFailure(thrown.cause)
  if (thrown instanceof LadingError) return { code: thrown.code, message: thrown.message }
  if (!(thrown instanceof Error)) return { code: 'UnknownError', message: '' }
  const { name, message, code, Region, $metadata, $response } = thrown as SdkError
  const status = $metadata?.httpStatusCode
  const region = typeof Region === 'string' ? Region : $response?.headers?.['x-amz-bucket-region'] ?? /expecting '([a-z0-9-]+)'/.exec(message)?.[1]
  return {
    code: status === undefined && typeof code === 'string' ? code : name,
    ...status !== undefined && { status },
    message: message === 'UnknownError' ? '' : message,
    ...region !== undefined && { region },
  }
}

export function describeFailure({ code, status, message }: StoreFailure): string {
  return [status, code].filter((part) => part !== undefined && part !== '').join(' ') + (message === '' ? '' : ` (${message})`)
}

export interface PlainAnswer {
  status: number
  headers: Headers
  /** Of the `<Error>` body; empty where there is none. */
  code: string
  body: string
}

export interface PlainRequest {
  method?: string
  headers?: Record<string, string>
  body?: Uint8Array<ArrayBuffer>
}

/** A request as a page or a stranger sends it, unsigned but for what is in the URL. Throws where no answer comes within 15 s. */
export async function ask(url: string, { method = 'GET', headers = {}, body }: PlainRequest = {}): Promise<PlainAnswer> {
  const answer = await fetch(url, { method, headers, body, redirect: 'manual', signal: AbortSignal.timeout(15_000) }).catch(throwCause)
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? '', body: text }
}

export function isFine({ status }: PlainAnswer): boolean {
  return status >= 200 && status < 300
}

export function describeAnswer({ status, code }: PlainAnswer): string {
  return code === '' ? String(status) : `${status} ${code}`
}

/** `fetch` says "fetch failed", and why only behind that. */
function throwCause(error: unknown): never {
  throw error instanceof Error && error.cause instanceof Error ? error.cause : error
}
