import { createHash } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSampleFolder } from '~/tests/e2e/support/sampleFile'

/** A file to be sent. */
export interface BenchFile {
  path: string
  bytes: number
  /** Hex; of a file of holes nobody asks for it. */
  sha256?: string
  /** MD5 (hex) of a range; each is worked out once. */
  md5(start: number, bytes: number): Promise<string>
}

/** From here on a file is made of holes, which read as zeros and take no room. */
const holesFromBytes = 4e9
const pieceBytes = 4 * 1024 * 1024

/** Makes one file of each length, when it is first asked for. */
export async function createBenchFiles() {
  const samples = await createSampleFolder()
  const holes = await mkdtemp(join(tmpdir(), 'lading-bench-holes-'))
  const made = new Map<number, Promise<BenchFile>>()

  async function make(bytes: number): Promise<BenchFile> {
    if (bytes < holesFromBytes) {
      const { path, sha256 } = await samples.file(`sample-${bytes}.bin`, bytes)
      return { path, bytes, sha256, md5: rememberMd5(path, (start, length) => `${start} ${length}`) }
    }
    const path = join(holes, `holes-${bytes}.bin`)
    const file = await open(path, 'wx')
    await file.truncate(bytes)
    await file.close()
    return { path, bytes, md5: rememberMd5(path, (_, length) => String(length)) }
  }

  return {
    of(bytes: number): Promise<BenchFile> {
      const file = made.get(bytes) ?? make(bytes)
      made.set(bytes, file)
      return file
    },
    async remove() {
      await samples.remove()
      await rm(holes, { recursive: true, force: true })
    },
  }
}

function rememberMd5(path: string, nameOf: (start: number, bytes: number) => string): BenchFile['md5'] {
  const known = new Map<string, string>()
  return async (start, bytes) => {
    const name = nameOf(start, bytes)
    const digest = known.get(name) ?? await md5OfRange(path, start, bytes)
    known.set(name, digest)
    return digest
  }
}

async function md5OfRange(path: string, start: number, bytes: number): Promise<string> {
  const hash = createHash('md5')
  const buffer = Buffer.alloc(Math.min(pieceBytes, bytes))
  const file = await open(path, 'r')
  try {
    for (let read = 0; read < bytes;) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, bytes - read), start + read)
      hash.update(buffer.subarray(0, bytesRead))
      read += bytesRead
    }
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}
