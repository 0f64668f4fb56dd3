import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { pipeline as pipelineDone } from 'node:stream/promises'
import type { Buckets } from './buckets'
import { answerCors, answerPreflight, parseCors } from './cors'
import { serverName } from './data-lock'
import { S3Error } from './errors'
import type { Journal, JournalEntry } from './journal'
import { preciseNow } from './journal'
import type { KeyRole, Keys } from './keys'
import type { Answer, Behaviour } from './operation'
import type { S3Request } from './request'
import { readRequest } from './request'
import { findOperation, runOperation } from './router'
import { authenticate } from './sigv4'
import type { Gate } from './throttle'
import { buildXml } from './xml'

export interface HandlerOptions {
  keys: readonly (Keys & { role: KeyRole })[]
  /** The store's clock, by which signatures are judged and answers are dated; milliseconds since 1970. */
  now: () => number
  region: string
  buckets: Buckets
  behaviour: Behaviour
  journal: Journal
  gate: Gate
}

/** Answers one HTTP request; never rejects. */
export function createHandler(options: HandlerOptions): (message: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { buckets, journal, gate, now } = options
  return async (message, response) => {
    const id = randomBytes(8).toString('hex').toUpperCase()
    const entry: JournalEntry = { operation: 'Unknown', bytes: 0, status: 0, start: preciseNow(), end: 0 }
    // Errors of the connection reach whoever reads the body; if nobody does, they concern nobody.
    const body = pipeline(message, gate((bytes) => { entry.bytes += bytes }), () => {})
    body.on('error', () => {})
    response.setHeader('server', serverName)
    response.setHeader('date', new Date(now()).toUTCString())
    response.setHeader('x-amz-request-id', id)
    response.setHeader('x-amz-id-2', id)
    try {
      const request = readRequest(message, body, id)
      Object.assign(entry, { bucket: request.bucket, key: request.key, uploadId: request.query.get('uploadId'), partNumber: readPartNumber(request) })
      response.setHeaders(new Map(Object.entries(readCorsHeaders(request, buckets))))
      await send(message, response, await answer(request, options, entry))
    } catch (error) {
      const refusal = toRefusal(error, message)
      entry.error = refusal.code
      await send(message, response, describeRefusal(refusal, message, id)).catch(() => {})
    }
    entry.status = response.headersSent ? response.statusCode : 0
    entry.end = preciseNow()
    journal.write(entry)
    // What is left of a refused body has to be read away, or the client would never look at the answer.
    body.resume()
  }
}

async function answer(request: S3Request, { keys, now, region, buckets, behaviour }: HandlerOptions, entry: JournalEntry): Promise<Answer> {
  if (request.method === 'OPTIONS') {
    entry.operation = 'Preflight'
    return { status: 200, headers: answerPreflight(buckets.get(request.bucket ?? '').settings.cors, request.headers) }
  }
  const operation = findName(request)
  entry.operation = operation?.name ?? entry.operation
  const { role } = await authenticate(request, keys, region, now())
  if (role === 'reader' && request.method !== 'GET' && request.method !== 'HEAD') throw new S3Error('AccessDenied')
  return await runOperation(operation ?? findOperation(request), request, buckets, behaviour)
}

/** The operation already for the journal; a request that means none is refused only after its signature was checked. */
function findName(request: S3Request): ReturnType<typeof findOperation> | undefined {
  try {
    return findOperation(request)
  } catch {
    return undefined
  }
}

async function send(message: IncomingMessage, response: ServerResponse, { status, headers = {}, body }: Answer): Promise<void> {
  // Too late for an answer: the client is gone, or has seen the start of another one.
  if (response.destroyed || response.headersSent) {
    response.destroy()
    if (typeof body === 'object') body.destroy()
    return
  }
  const isEmpty = status === 204 || status === 304
  const length = typeof body === 'object' || isEmpty ? {} : { 'content-length': Buffer.byteLength(body ?? '') }
  response.writeHead(status, { ...length, ...headers })
  if (typeof body === 'object') await pipelineDone(body, response)
  else await new Promise<void>((done) => { response.once('close', done).end(message.method === 'HEAD' ? undefined : body, done) })
}

/** What a page may see of a real answer, refusals included. */
function readCorsHeaders({ bucket, method, headers: { origin } }: S3Request, buckets: Buckets): Record<string, string> {
  const cors = buckets.find(bucket ?? '')?.settings.cors
  if (origin === undefined || cors === undefined || method === 'OPTIONS') return {}
  return answerCors(parseCors(cors), { origin, method, headers: [] }) ?? {}
}

function toRefusal(error: unknown, message: IncomingMessage): S3Error {
  if (error instanceof S3Error) return error
  if (message.destroyed && !message.complete) return new S3Error('IncompleteBody', { cause: error })
  if (message.socket.destroyed) return new S3Error('InternalError', { message: 'The client went away.', cause: error })
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  return new S3Error('InternalError', { cause: error })
}

function describeRefusal({ code, status, message, details }: S3Error, { url = '' }: IncomingMessage, id: string): Answer {
  const body = buildXml('Error', { Code: code, Message: message, ...details, Resource: url.split('?')[0], RequestId: id, HostId: id })
  return { status, headers: { 'content-type': 'application/xml' }, body }
}

function readPartNumber({ query }: S3Request): number | undefined {
  const text = query.get('partNumber')
  return text === undefined ? undefined : Number(text)
}
