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

export interface SampleFolder {
  /** A file of random bytes. Files of the same name go to folders of their own. */
  file(name: string, bytes: number): Promise<SampleFile>
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
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
