import type { OutgoingMessage } from 'node:http'

/** A body on its way. Asked for the next chunk only after the last one was handed to the system. */
export type Chunks = AsyncIterable<Buffer>

/** Passes a body on and calls `act` after so many bytes, at its end when it is shorter. What `act` throws ends the body. */
export async function* interrupt(chunks: Chunks, afterBytes: number, act: () => Promise<void> | void): Chunks {
  let leftBytes = afterBytes
  let isPast = false
  for await (const chunk of chunks) {
    if (isPast || chunk.length < leftBytes) {
      leftBytes -= chunk.length
      yield chunk
      continue
    }
    isPast = true
    if (leftBytes > 0) yield chunk.subarray(0, leftBytes)
    await act()
    if (leftBytes < chunk.length) yield chunk.subarray(leftBytes)
  }
  if (!isPast) await act()
}

/** Writes a body as fast as it is taken. Ends early, in silence, when the sink breaks: the sink's own error tells why. */
export async function pump(chunks: Chunks, sink: OutgoingMessage, wait: <T>(promise: Promise<T>) => Promise<T>): Promise<void> {
  for await (const chunk of chunks) {
    const written = new Promise<boolean>((resolve) => sink.write(chunk, (error) => resolve(!error)))
    if (!await wait(written)) return
  }
}

export async function discard(chunks: Chunks): Promise<void> {
  for await (const _ of chunks) continue
}

export async function collect(chunks: Chunks): Promise<Buffer> {
  const found: Buffer[] = []
  for await (const chunk of chunks) found.push(chunk)
  return Buffer.concat(found)
}

export async function* chunksOf(body: string | Buffer): Chunks {
  if (body.length > 0) yield Buffer.from(body)
}
