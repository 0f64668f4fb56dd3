import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** All bytes that pages have written to IndexedDB in a Chromium profile, one character for each: as a thief of the disk sees them. */
export async function writtenByPages(profile: string): Promise<string> {
  const folder = join(profile, 'Default', 'IndexedDB')
  // Where pages may write nothing, there is nothing.
  if (!existsSync(folder)) return ''
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')))
  return texts.join('\n')
}
