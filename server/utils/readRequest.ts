import type { H3Event } from 'h3'
import { getRequestHeader, readRawBody, setResponseHeader } from 'h3'
import type { z } from 'zod'
import { LadingError } from '#shared/errors'
import { maxBodyBytes } from '#shared/limits'

/** A longer message says nothing more; unknown names in a request may be as long as the request. */
const longestMessage = 200

/** Reads the JSON body and checks it. Throws `unsupported_media_type`, `body_too_large` or `invalid_request`. */
export async function readRequest<Schema extends z.ZodType>(event: H3Event, schema: Schema): Promise<z.output<Schema>> {
  return parseRequest(schema, await readJson(event))
}

/** Throws `invalid_request` with the path of the first field that is wrong. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.join('.') || 'request'
  throw new LadingError('invalid_request', `${path}: ${issue?.message ?? 'not valid'}`.slice(0, longestMessage))
}

export async function readJson(event: H3Event): Promise<unknown> {
  const type = getRequestHeader(event, 'content-type') ?? ''
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(type)) throw new LadingError('unsupported_media_type', 'Send application/json.')
  return parseJson(await readText(event))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value) => {
      if (key === '__proto__') throw new SyntaxError('a forbidden name')
      return value
    })
  } catch {
    throw new LadingError('invalid_request', 'request: not JSON')
  }
}

/** Stops at the limit: what is longer is never read to its end. */
async function readText(event: H3Event): Promise<string> {
  if (Number(getRequestHeader(event, 'content-length') ?? 0) > maxBodyBytes) throw tooLarge(event)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of await openBody(event)) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw tooLarge(event)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Some platforms hand over a body that is read already; then h3 knows where it is. */
async function openBody(event: H3Event): Promise<AsyncIterable<Buffer> | Buffer[]> {
  const { req } = event.node
  if ('body' in req || !('iterator' in req)) return [await readRawBody(event, false) ?? Buffer.alloc(0)]
  // Breaking off must not destroy the socket that our answer goes through.
  return req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
}

function tooLarge(event: H3Event): LadingError {
  setResponseHeader(event, 'connection', 'close')
  return new LadingError('body_too_large', `A request may have up to ${maxBodyBytes} bytes.`)
}
