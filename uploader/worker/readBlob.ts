import { LadingError } from '#shared/errors'

/** One buffer is read into over and over, so that memory stays flat whatever the size of the file. */
const bufferBytes = 1024 * 1024

/**
 * Feeds bytes `start` to `end` of a file to `take`, piece by piece. A piece is only good until `take` returns.
 * @throws LadingError `file_changed` or `file_unreadable`; the signal's reason when it is aborted.
 */
export async function readBlob(
  content: Blob,
  { start, end }: { start: number, end: number },
  take: (piece: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  if (start === end) return
  const reader = content.slice(start, end).stream().getReader({ mode: 'byob' })
  let buffer = new ArrayBuffer(Math.min(bufferBytes, end - start))
  let readBytes = 0
  try {
    for (;;) {
      signal.throwIfAborted()
      const { done, value } = await reader.read(new Uint8Array(buffer))
      if (done) break
      take(value)
      readBytes += value.byteLength
      buffer = value.buffer
    }
  } catch (thrown) {
    signal.throwIfAborted()
    throw readingFailure(thrown)
  } finally {
    await reader.cancel().catch(() => {
      // A stream that has failed can't be cancelled, and needs not be.
    })
  }
  if (readBytes !== end - start) throw new LadingError('file_changed', `The file ended ${end - start - readBytes} bytes early`)
}

/** A changed file can't be read through the `File` that was selected, nor can a deleted one. */
function readingFailure(thrown: unknown): LadingError {
  const name = thrown instanceof DOMException ? thrown.name : ''
  const code = name === 'NotReadableError' ? 'file_changed' : 'file_unreadable'
  return new LadingError(code, `Reading the file failed: ${name || String(thrown)}`, { cause: thrown })
}
