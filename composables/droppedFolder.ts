import type { Found } from '~/stores/chosen'
import { sourceFile } from './sourceFile'

/**
 * All files in a folder that was dropped, to any depth, and what in it can't be read. The entries tell what is there; the
 * handles, where there are any, are looked up beside them, for a folder's handle keeps quiet about files with names that
 * could harm, such as `a.lnk`.
 *
 * @param handle That of the same folder.
 * @param above Folders above it, with `/` between them.
 */
export async function* filesInFolder(folder: FileSystemDirectoryEntry, handle?: FileSystemDirectoryHandle, above = ''): AsyncGenerator<Found, void, void> {
  const folders = above ? `${above}/${folder.name}` : folder.name
  const { children, isWhole } = await childrenOf(folder)
  const itself = { name: folder.name, ...above && { relativePath: above } }
  if (!isWhole) yield { ...itself, objection: 'folder_unreadable' }
  // Inside another one an empty folder is nothing that anybody would miss.
  else if (children.length === 0 && !above) yield { ...itself, objection: 'folder_empty' }
  for (const child of children) {
    if (isFolder(child)) {
      yield* filesInFolder(child, await handle?.getDirectoryHandle(child.name).catch(() => undefined), folders)
    } else if (isFile(child)) {
      const file = await fileOf(child)
      if (file) yield sourceFile(file, { folders, handle: await handle?.getFileHandle(child.name).catch(() => undefined) })
      else yield { name: child.name, relativePath: folders, objection: 'file_unreadable' }
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

/** Chromium hands out at most 100 entries a call; an empty answer is the end. Not whole where reading failed on the way. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<{ children: FileSystemEntry[], isWhole: boolean }> {
  const reader = folder.createReader()
  const children: FileSystemEntry[] = []
  for (;;) {
    const more = await new Promise<FileSystemEntry[] | undefined>((resolve) => reader.readEntries(resolve, () => resolve(undefined)))
    if (!more || more.length === 0) return { children, isWhole: more !== undefined }
    children.push(...more)
  }
}
