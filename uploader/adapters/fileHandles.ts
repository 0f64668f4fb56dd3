import type { FileHandle, SourceFile } from '~/uploader/engine/types'
import { LadingError } from '#shared/errors'

/** Known to the Chromium family alone. Files of the origin private file system need no leave, and may lack both. */
interface GuardedHandle extends FileSystemFileHandle {
  queryPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>
  requestPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>
}

/** The file behind a handle, as `Files.reopen` promises it. */
export async function reopenFile(handle: FileHandle, mayAsk: boolean): Promise<SourceFile | undefined> {
  const guarded = handle as GuardedHandle
  try {
    if (!await isReadable(guarded, mayAsk)) return undefined
    const file = await guarded.getFile()
    return { name: file.name, bytes: file.size, modifiedAt: file.lastModified, contentType: file.type, content: file, handle }
  } catch (thrown) {
    if (isRefusal(thrown)) return undefined
    throw new LadingError('file_unreadable', 'The file behind the handle can not be opened', { cause: thrown })
  }
}

async function isReadable(handle: GuardedHandle, mayAsk: boolean): Promise<boolean> {
  const state = await handle.queryPermission?.({ mode: 'read' }) ?? 'granted'
  if (state === 'granted' || !mayAsk) return state === 'granted'
  return await handle.requestPermission?.({ mode: 'read' }) === 'granted'
}

/** Leave that was taken back in between, or a click that is too long ago for the browser to ask. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof DOMException && (thrown.name === 'NotAllowedError' || thrown.name === 'SecurityError')
}
