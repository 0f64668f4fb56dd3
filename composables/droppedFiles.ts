import type { SourceFile } from '~/uploader/engine/types'
import { filesInFolder, isFolder } from './droppedFolder'
import { chosenSourceFile } from './sourceFile'
import { sourceFiles } from './sourceFiles'

declare global {
  interface DataTransferItem {
    /** Known to the Chromium family alone. */
    getAsFileSystemHandle?(): Promise<FileSystemFileHandle | FileSystemDirectoryHandle | null>
  }
}

/**
 * Everything that was dropped, folders opened to any depth, with handles where the browser hands them out. What can't be
 * read is left out: without its size and bytes there is nothing to show or send.
 *
 * Must be called within the drop event itself: the browser empties `transfer` right after it.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<SourceFile[]> {
  const dropped = [...transfer.items].filter(({ kind }) => kind === 'file').map((item) => ({
    file: item.getAsFile(),
    entry: item.webkitGetAsEntry?.(),
    // Refused for what lies in the system's own folders, which may be sent all the same.
    handle: item.getAsFileSystemHandle?.().catch(() => null),
  }))
  const found: SourceFile[] = []
  if (!dropped.some(({ entry, handle }) => handle || isFolder(entry))) {
    for await (const slice of sourceFiles([...transfer.files])) found.push(...slice)
    return found
  }
  for (const { file, entry, handle: asked } of dropped) {
    const handle = await asked
    if (isFolder(entry)) {
      const folder = handle?.kind === 'directory' ? handle : undefined
      for await (const inside of filesInFolder(entry, folder)) found.push(inside)
    } else {
      const chosen = handle?.kind === 'file' ? handle : file
      const only = chosen && await chosenSourceFile(chosen)
      if (only) found.push(only)
    }
  }
  return found
}
