import { LadingError } from '#shared/errors'
import { MiB } from '#shared/limits'

const bufferBytes = MiB

/** Read into over and over, by one reading after the other, so that memory stays flat whatever the size of the file. */
const spareBuffers: ArrayBuffer[] = []

/**
 * What is being read. Chromium's garbage collector takes the stream of a file while a read of it is pending, if nothing
 * else leads to it, and then that read never ends: so everything leads to it from here.
 */
const beingRead = new Set<Pieces>()

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
  const pieces = openPieces(content.slice(start, end).stream())
  let readBytes = 0
  beingRead.add(pieces)
  try {
    for (;;) {
      signal.throwIfAborted()
      const piece = await pieces.next()
      if (!piece) break
      take(piece)
      readBytes += piece.byteLength
    }
  } catch (thrown) {
    signal.throwIfAborted()
    throw readingFailure(await nameFailure(content.slice(start, start + 1)) ?? thrown)
  } finally {
    await pieces.cancel().catch(() => {
      // A stream that has failed can't be cancelled, and needs not be.
    })
    beingRead.delete(pieces)
  }
  if (readBytes !== end - start) throw new LadingError('file_changed', `The file ended ${end - start - readBytes} bytes early`)
}

interface Pieces {
  /** Undefined at the end. A piece is only good until the next one is asked for. */
  next(): Promise<Uint8Array | undefined>
  cancel(): Promise<void>
}

/** Into one buffer where the browser's streams of files can do that; piece by piece as they come elsewhere. */
function openPieces(stream: ReadableStream<Uint8Array>): Pieces {
  const byteReader = openByteReader(stream)
  if (!byteReader) {
    const reader = stream.getReader()
    return { next: async () => (await reader.read()).value, cancel: () => reader.cancel() }
  }
  let buffer = spareBuffers.pop() ?? new ArrayBuffer(bufferBytes)
  return {
    async next() {
      const { done, value } = await byteReader.read(new Uint8Array(buffer))
      if (!done) {
        buffer = value.buffer
        return value
      }
      if (value) spareBuffers.push(value.buffer)
      return undefined
    },
    cancel: () => byteReader.cancel(),
  }
}

function openByteReader(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return stream.getReader({ mode: 'byob' })
  } catch {
    // Not a byte stream in this browser.
    return undefined
  }
}

/** Chromium's streams of files fail with a "network error" whatever the cause is; only a buffer says what it was. */
async function nameFailure(slice: Blob): Promise<unknown> {
  try {
    await slice.arrayBuffer()
    return undefined
  } catch (thrown) {
    return thrown
  }
}

/** A changed file can't be read through the `File` that was selected, nor can a deleted one. */
function readingFailure(thrown: unknown): LadingError {
  const name = thrown instanceof DOMException ? thrown.name : ''
  const code = name === 'NotReadableError' ? 'file_changed' : 'file_unreadable'
  return new LadingError(code, `Reading the file failed: ${name || String(thrown)}`, { cause: thrown })
}
