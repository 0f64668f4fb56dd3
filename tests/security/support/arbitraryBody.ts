import fc from 'fast-check'
import { neverWas } from './routes'

export interface Known {
  openId: string
  doneId: string
  digest: string
}

const oddNumber = fc.oneof(fc.constantFrom(0, -0, 1, 2, 3, -1, 1.5, 10_000, 10_001, 65_536, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e308, -1e308, 5e-324), fc.integer(), fc.double())
const oddText = fc.oneof(fc.constantFrom('', ' ', '../../x', '%2e%2e/x', '\u0000', '\uD800', '__proto__', 'constructor', '1;2', '9'.repeat(400)), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.base64String())
const odd = fc.oneof(oddNumber, oddText, fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 4 }), fc.array(fc.constant({}), { maxLength: 70 }))

/** The right value most of the time, so that the others are reached as well. */
function mostly(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: odd })
}

/** Objects with nearly the right fields: one may be missing, and one may be too many. */
function nearly(fields: Record<string, fc.Arbitrary<unknown>>, optional: string[] = []): fc.Arbitrary<unknown> {
  const right = fc.record(fields, { requiredKeys: Object.keys(fields).filter((name) => !optional.includes(name)) })
  const withFault = fc.tuple(fc.record(fields, { requiredKeys: [] }), fc.oneof(fc.constantFrom('uploads', 'key', 'size', 'constructor', 'toString'), fc.string()), odd)
    .map(([object, name, value]) => ({ ...object, [name]: value }))
  return fc.oneof({ weight: 3, arbitrary: right }, { weight: 2, arbitrary: withFault })
}

/** JSON and nearly JSON for a route: from nonsense to what passes every check. */
export function arbitraryBody(path: string, known: Known): fc.Arbitrary<string> {
  const id = fc.oneof(fc.constantFrom(known.openId, known.doneId, neverWas), fc.uuid())
  const digest = mostly(fc.oneof(fc.constant(known.digest), fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64'))))
  const sha256 = mostly(fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')))
  const bytes = mostly(fc.constantFrom(65_536, 10, 0))
  const partToSign = nearly({ partNumber: mostly(fc.constantFrom(1, 2, 3)), bytes, digest, store: mostly(fc.constantFrom(0, 1, 7)) }, ['store'])
  const completedPart = nearly({ partNumber: mostly(fc.constantFrom(1, 2)), etag: mostly(fc.string({ minLength: 1, maxLength: 128 })), digest })
  const requests: Record<string, fc.Arbitrary<unknown>> = {
    session: nearly({ identity: mostly(nearly({ publicKey: mostly(fc.base64String({ maxLength: 200 })), signedAt: mostly(fc.constant(Date.now())), signature: mostly(fc.base64String({ maxLength: 200 })) })) }, ['identity']),
    initiate: nearly({
      id: mostly(fc.oneof({ weight: 1, arbitrary: fc.uuid() }, { weight: 3, arbitrary: fc.constantFrom(known.openId, known.doneId) })),
      fileName: mostly(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 })),
      relativePath: mostly(fc.string({ unit: 'binary' })),
      fileBytes: bytes,
      contentType: mostly(fc.string()),
      fingerprint: sha256,
      partBytes: bytes,
      parts: mostly(fc.array(partToSign, { maxLength: 3 })),
      otherThan: mostly(fc.array(id, { maxLength: 17 })),
    }, ['relativePath', 'contentType', 'parts', 'otherThan']),
    sign: nearly({ id: mostly(id), parts: mostly(fc.array(partToSign, { maxLength: 66, size: '-1' })) }),
    complete: nearly({ id: mostly(id), parts: mostly(fc.array(completedPart, { maxLength: 4 })), sha256 }, ['sha256']),
    seal: nearly({ id: mostly(fc.constantFrom(known.openId, neverWas)), sha256 }),
    // The open upload stays for the others.
    abort: nearly({ id: mostly(fc.oneof(fc.uuid(), fc.constant(known.doneId))) }),
  }
  const request = requests[path.split('/').at(-1) ?? ''] ?? fc.constant({})
  const batch = nearly({ uploads: mostly(fc.array(request, { maxLength: 4 })) })
  const json = fc.oneof({ weight: 6, arbitrary: request }, { weight: 2, arbitrary: batch }, { weight: 1, arbitrary: odd }).map((value) => JSON.stringify(value))
  return fc.oneof({ weight: 8, arbitrary: json }, { weight: 1, arbitrary: json.chain(damaged) }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) })
}

/** With one piece of the text put in another's place, or left out. */
function damaged(json: string): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(json.length), fc.nat(10), fc.constantFrom('', '{', '}', '[', '"', ',', '1e999', '\\u0000', '\u0000', '"__proto__":')).map(([at, count, piece]) => json.slice(0, at) + piece + json.slice(at + count))
}
