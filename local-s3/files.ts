import { randomBytes } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

// What has been written stays in the page cache when this process dies, even by SIGKILL, so nothing here calls fsync: order and
// atomic renames are enough. Only a power cut could undo an acknowledged write, and this store is for development and tests.

/** A name that no other file has. */
export function temporaryPath(tmpDir: string): string {
  return join(tmpDir, randomBytes(12).toString('hex'))
}

/** Writes a small file so that it is seen whole or not at all. Both paths must be on one file system. */
export async function writeWhole(tmpDir: string, path: string, text: string, mode = 0o644): Promise<void> {
  const temporary = temporaryPath(tmpDir)
  try {
    await writeFile(temporary, text, { mode })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
