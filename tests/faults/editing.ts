import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { open, stat, utimes } from 'node:fs/promises'

/** Seconds since 1970: a time that no edit of today leaves behind, and in whole seconds, for browsers compare no finer ones. */
const longAgo = 1_000_000_000
const editedBytes = 16

/** Makes the file look as if nobody had touched it for years. */
export async function makeOld({ path }: SampleFile) {
  await utimes(path, longAgo, longAgo)
}

/** Inverts some bytes at that place, and leaves the length as it is; the same edit once more takes it back. */
export async function edit({ path }: SampleFile, atByte: number, { keepsTime = false } = {}) {
  const { atime, mtime } = await stat(path)
  const file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(editedBytes), 0, editedBytes, atByte)
  await file.write(buffer.map((byte) => byte ^ 0xFF), 0, editedBytes, atByte)
  await file.close()
  if (keepsTime) await utimes(path, atime, mtime)
}
