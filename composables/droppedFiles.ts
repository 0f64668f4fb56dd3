import type { Found } from '~/stores/chosen'
import { inSlices } from './inSlices'
import { filesInFolder, isFolder } from './droppedFolder'
import type { ChosenFile } from './sourceFile'
import { chosenSourceFile } from './sourceFile'
import { sourceFiles } from './sourceFiles'

declare global {
  interface DataTransferItem {
    /** Known to the Chromium family alone. */
    getAsFileSystemHandle?(): Promise<FileSystemFileHandle | FileSystemDirectoryHandle | null>
  }
}

interface DroppedItem {
  file: File | null
  entry: FileSystemEntry | null | undefined
  handle: Promise<FileSystemFileHandle | FileSystemDirectoryHandle | null> | undefined
}

/**
 * Everything that was dropped or pasted, folders opened to any depth, with handles where the browser hands them out; as
 * much at a time as was found within a moment.
 *
 * Must be called within the event itself: the browser empties `transfer` right after it.
 */
export function droppedFiles(transfer: DataTransfer): AsyncIterable<Found[]> {
  const dropped = [...transfer.items].filter(({ kind }) => kind === 'file').map((item): DroppedItem => ({
    file: item.getAsFile(),
    entry: item.webkitGetAsEntry?.(),
    // Refused for what lies in the system's own folders, which may be sent all the same.
    handle: item.getAsFileSystemHandle?.().catch(() => null),
  }))
  const areFilesAlone = !dropped.some(({ entry, handle }) => handle || isFolder(entry))
  return areFilesAlone ? sourceFiles([...transfer.files]) : inSlices(filesOf(dropped))
}

async function* filesOf(dropped: DroppedItem[]): AsyncGenerator<Found, void, void> {
  for (const { file, entry, handle: asked } of dropped) {
    const handle = await asked
    if (isFolder(entry)) {
      yield* filesInFolder(entry, handle?.kind === 'directory' ? handle : undefined)
      continue
    }
    const chosen: ChosenFile | null = handle?.kind === 'file' ? handle : file
    if (chosen) yield await chosenSourceFile(chosen)
    else if (entry) yield { name: entry.name, objection: 'file_unreadable' }
  }
}
