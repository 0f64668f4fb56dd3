import type { IHasher } from 'hash-wasm'
import type { Variant } from './variants'
import { MiB } from '#shared/limits'
import { createCRC64, createMD5, createSHA256 } from 'hash-wasm'
import { readBlob } from '~/uploader/worker/readBlob'

const partBytes = 8 * MiB
/** The polynomial of CRC64NVME, reflected. */
const crc64nvme = '9a6c9329ac4bc9b5'
const never = new AbortController().signal

/** Digests a file part by part as one of the variants has it, and answers with milliseconds. */
addEventListener('message', async ({ data: { file, variant } }: MessageEvent<{ file: File, variant: Variant }>) => {
  const startedAt = performance.now()
  const [part, whole] = await hashersOf(variant)
  const isSubtle = variant.startsWith('crypto.subtle')
  const part0 = isSubtle ? new Uint8Array(partBytes) : undefined
  for (let start = 0; start < file.size; start += partBytes) {
    const end = Math.min(start + partBytes, file.size)
    let filled = 0
    part?.init()
    await readBlob(file, { start, end }, (piece) => {
      part?.update(piece)
      whole?.update(piece)
      part0?.set(piece, filled)
      filled += piece.byteLength
    }, never)
    part?.digest('hex')
    if (part0) await crypto.subtle.digest('SHA-256', part0.subarray(0, filled))
  }
  whole?.digest('hex')
  postMessage(performance.now() - startedAt)
})

async function hashersOf(variant: Variant): Promise<(IHasher | undefined)[]> {
  switch (variant) {
    case 'MD5 of parts':
      return [await createMD5()]
    case 'SHA-256 of the file':
    case 'crypto.subtle SHA-256 of parts and SHA-256 of the file':
      return [undefined, await createSHA256()]
    case 'MD5 of parts and SHA-256 of the file, one pass':
      return [await createMD5(), await createSHA256()]
    case 'CRC64NVME of parts and SHA-256 of the file, one pass':
      return [await createCRC64(crc64nvme), await createSHA256()]
    default:
      return []
  }
}
