import type { SourceFile } from '~/uploader/engine/types'
import { sourceFile } from './sourceFile'
import { sourceFiles } from './sourceFiles'

/**
 * Everything that was dropped, folders opened to any depth. What can't be read is left out: without its size and
 * bytes there is nothing to show or send.
 *
 * Must be called within the drop event itself: the browser empties `transfer` right after it.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<SourceFile[]> {
  const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry?.())
  const found: SourceFile[] = []
  if (!entries.some((entry) => entry?.isDirectory)) {
    for await (const slice of sourceFiles([...transfer.files])) found.push(...slice)
    return found
  }
  for (const entry of entries) if (entry) await collect(entry, '', found)
  return found
}

async function collect(entry: FileSystemEntry, folders: string, found: SourceFile[]): Promise<void> {
  if (isFile(entry)) {
    const file = await new Promise<File | undefined>((resolve) => entry.file(resolve, () => resolve(undefined)))
    if (file) found.push(sourceFile(file, folders))
    return
  }
  if (!isFolder(entry)) return
  const inside = folders ? `${folders}/${entry.name}` : entry.name
  for (const child of await childrenOf(entry)) await collect(child, inside, found)
}

/** Chromium hands out at most 100 entries a call; an empty answer is the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const children: FileSystemEntry[] = []
  for (;;) {
    const more = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])))
    if (more.length === 0) return children
    children.push(...more)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
