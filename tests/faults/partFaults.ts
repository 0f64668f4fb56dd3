import type { Action, Proxy, Rule } from '~/tests/proxy'
import { delay, flipBit, reset, setHeader, silence, status, storeError } from '~/tests/proxy'
import { draw } from '~/tests/proxy/dice'
import { scaledMs } from './faultWorld'

/** What can happen to a part on its way to the store and back. */
const faults: Action[] = [
  reset({ phase: 'request' }),
  reset({ phase: 'requestBody' }),
  reset({ phase: 'answer' }),
  reset({ phase: 'answerHead' }),
  silence({ phase: 'requestBody' }),
  silence({ phase: 'answer' }),
  delay({ ms: scaledMs(2), jitterMs: scaledMs(1), phase: 'answer' }),
  flipBit(),
  setHeader('Access-Control-Expose-Headers', 'Retry-After'),
  storeError(500, 'InternalError'),
  storeError(503, 'SlowDown'),
  storeError(503, 'SlowDown', { cors: false }),
  storeError(507, 'InsufficientStorage'),
  storeError(400, 'RequestTimeout'),
  storeError(400, 'ExpiredToken'),
  storeError(403, 'AccessDenied', { message: 'Request has expired' }),
  storeError(403, 'AccessDenied', { message: 'Request has expired', cors: false }),
  storeError(403, 'SignatureDoesNotMatch'),
  status(429, { headers: { 'Retry-After': '1' } }),
  status(200, { headers: { 'Content-Type': 'text/html' }, body: '<html><title>Welcome</title></html>' }),
]

/** Lays all of them on a line, so that this share of the parts, drawn by the seed, meets one of them. */
export function mixFaults(line: Proxy, { seed, share }: { seed: number, share: number }): Rule[] {
  return faults.map((fault, index) => line.on({
    operation: 'UploadPart',
    // One fault a request at most.
    when: ({ partNumber, occurrence }) => Math.floor(draw(seed, partNumber, occurrence) / share * faults.length) === index,
  }, fault))
}
