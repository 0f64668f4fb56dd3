import type { Found } from '~/stores/chosen'
import type { FileHandle, SourceFile } from '~/uploader/engine/types'

/** A file that a person has chosen; by its handle, where the browser hands those out. */
export type ChosenFile = File | FileSystemFileHandle

export interface SourceFileOptions {
  /** @default the file's own */
  name?: string
  /** Folders above the file, with `/` between them. @default those of `webkitRelativePath` */
  folders?: string
  /** With it the browser can open the file again in a later visit. */
  handle?: FileHandle
}

/** What the engine needs to know of a file that the browser handed out. */
export function sourceFile(file: File, { name = file.name, folders = foldersOf(file.webkitRelativePath ?? ''), handle }: SourceFileOptions = {}): SourceFile {
  return {
    name,
    ...(folders && { relativePath: folders }),
    bytes: file.size,
    modifiedAt: file.lastModified,
    contentType: file.type,
    content: file,
    ...(handle && { handle }),
  }
}

/** The same of a file or the one behind a handle, where that can be read. */
export async function chosenSourceFile(chosen: ChosenFile): Promise<Found> {
  if (chosen instanceof File) return sourceFile(chosen)
  const file = await chosen.getFile().catch(() => undefined)
  return file ? sourceFile(file, { handle: chosen }) : { name: chosen.name, objection: 'file_unreadable' }
}

export function isSourceFile(found: Found): found is SourceFile {
  return 'content' in found
}

function foldersOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
