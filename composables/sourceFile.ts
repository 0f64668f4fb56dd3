import type { SourceFile } from '~/uploader/engine/types'

/**
 * What the engine needs to know of a file that the browser handed out.
 *
 * @param folders Folders above the file, with `/` between them. @default those of `webkitRelativePath`
 */
export function sourceFile(file: File, folders = foldersOf(file.webkitRelativePath ?? '')): SourceFile {
  return {
    name: file.name,
    ...(folders && { relativePath: folders }),
    bytes: file.size,
    modifiedAt: file.lastModified,
    contentType: file.type,
    content: file,
  }
}

function foldersOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
