import type { DigestAlgorithm } from '#shared/digest'
import type { ObjectDigests } from '~/uploader/engine/verify/ports'
import { hexToBase64 } from '#shared/digest'
import { compositeDigest, giveHasherBack, takeHasher } from './digests'

/** Hashes bytes that come in order, in pieces of any length: the whole, and each part of the plan by which they were sent. */
export interface ObjectHash {
  update(bytes: Uint8Array): void
  end(): Promise<ObjectDigests>
  /** Gives its hashers back. */
  close(): void
}

export async function createObjectHash(partBytes: number, algorithm: DigestAlgorithm): Promise<ObjectHash> {
  const [whole, part] = await Promise.all([takeHasher('sha256'), takeHasher(algorithm)])
  const digests: string[] = []
  let inPart = 0

  function endPart() {
    digests.push(hexToBase64(part.digest('hex')))
    part.init()
    inPart = 0
  }

  return {
    update(bytes) {
      whole.update(bytes)
      for (let start = 0; start < bytes.byteLength;) {
        const end = Math.min(start + partBytes - inPart, bytes.byteLength)
        part.update(bytes.subarray(start, end))
        inPart += end - start
        start = end
        if (inPart === partBytes) endPart()
      }
    },

    async end() {
      // An empty file is one empty part.
      if (inPart > 0 || digests.length === 0) endPart()
      return { sha256: whole.digest('hex'), digests, compositeDigest: await compositeDigest(digests, algorithm) }
    },

    close() {
      giveHasherBack('sha256', whole)
      giveHasherBack(algorithm, part)
    },
  }
}
