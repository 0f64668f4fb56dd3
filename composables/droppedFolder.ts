import type { SourceFile } from '~/uploader/engine/types'
import { sourceFile } from './sourceFile'

/**
 * All files in a folder that was dropped, to any depth. The entries tell what is there; the handles, where there are any,
 * are looked up beside them, for a folder's handle keeps quiet about files with names that could harm, such as `a.lnk`.
 *
 * @param handle That of the same folder.
 * @param above Folders above it, with `/` between them.
 */
export async function* filesInFolder(folder: FileSystemDirectoryEntry, handle?: FileSystemDirectoryHandle, above = ''): AsyncGenerator<SourceFile, void, void> {
  const folders = above ? `${above}/${folder.name}` : folder.name
  for (const child of await childrenOf(folder)) {
    if (isFolder(child)) {
      yield* filesInFolder(child, await handle?.getDirectoryHandle(child.name).catch(() => undefined), folders)
    } else if (isFile(child)) {
      const file = await fileOf(child)
      if (file) yield sourceFile(file, { folders, handle: await handle?.getFileHandle(child.name).catch(() => undefined) })
    }
  }
}

export function isFolder(entry: FileSystemEntry | null | undefined): entry is FileSystemDirectoryEntry {
  return entry?.isDirectory ?? false
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

/** Undefined for one that can't be read. */
function fileOf(entry: FileSystemFileEntry): Promise<File | undefined> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(undefined)))
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
