import type { DigestAlgorithm } from '#shared/digest'
import { createHash, randomBytes } from 'node:crypto'
import { compositeDigest } from '~/server/utils/uploads/verify'
import { createObjectHash } from '~/uploader/worker/objectHash'
import { describe, expect, it } from 'vitest'

const hashed = (algorithm: string, bytes: Uint8Array, form: 'hex' | 'base64') => createHash(algorithm).update(bytes).digest(form)

describe.each(['md5', 'sha256'] satisfies DigestAlgorithm[])('an object that was sent with %s', (algorithm) => {
  it.each([
    ['pieces shorter than its parts', 2500, 1000, 300],
    ['pieces longer than its parts', 2500, 300, 1000],
    ['pieces that end where its parts do', 3000, 1000, 1000],
    ['one piece', 2500, 5000, 2500],
    ['no piece, being empty', 0, 1000, 1000],
  ])('has the digests of the whole and of each part, read in %s', async (_, length, partBytes, pieceBytes) => {
    const bytes = randomBytes(length)
    const hash = await createObjectHash(partBytes, algorithm)
    for (let start = 0; start < length; start += pieceBytes) hash.update(bytes.subarray(start, start + pieceBytes))
    const digests = Array.from({ length: Math.max(1, Math.ceil(length / partBytes)) }, (_, index) => hashed(algorithm, bytes.subarray(index * partBytes, (index + 1) * partBytes), 'base64'))
    expect(await hash.end()).toEqual({ sha256: hashed('sha256', bytes, 'hex'), digests, compositeDigest: compositeDigest(algorithm, digests) })
    hash.close()
  })
})
