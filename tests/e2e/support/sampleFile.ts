import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SampleFile {
  path: string
  name: string
  bytes: number
  /** Hex. */
  sha256: string
}

const pieceBytes = 4 * 1024 * 1024
const touchedBytes = 16

export interface SampleFolder {
  /** A file of random bytes. Files of the same name go to folders of their own. */
  file(name: string, bytes: number): Promise<SampleFile>
  /** Paths of so many files that are mostly holes and cost next to nothing. No two are the same. */
  hollow(count: number, bytes: number): Promise<string[]>
  remove(): Promise<void>
}

export async function createSampleFolder(): Promise<SampleFolder> {
  const root = await mkdtemp(join(tmpdir(), 'lading-files-'))
  let made = 0
  return {
    async file(name, bytes) {
      const folder = join(root, String(made++))
      await mkdir(folder)
      const path = join(folder, name)
      const hash = createHash('sha256')
      const file = await open(path, 'w')
      for (let left = bytes; left > 0; left -= pieceBytes) {
        const piece = randomBytes(Math.min(pieceBytes, left))
        hash.update(piece)
        await file.write(piece)
      }
      await file.close()
      return { path, name, bytes, sha256: hash.digest('hex') }
    },
    async hollow(count, bytes) {
      const folder = join(root, String(made++))
      await mkdir(folder)
      const paths: string[] = []
      for (let index = 0; index < count; index++) {
        const path = join(folder, `crate-${String(index).padStart(5, '0')}.bin`)
        await writeHollow(path, bytes)
        paths.push(path)
      }
      return paths
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

/** A file with a few random bytes at its beginning, and a hole from there on. */
export async function writeHollow(path: string, bytes: number) {
  const file = await open(path, 'w')
  await file.truncate(bytes)
  await file.write(randomBytes(Math.min(touchedBytes, bytes)), 0, undefined, 0)
  await file.close()
}
