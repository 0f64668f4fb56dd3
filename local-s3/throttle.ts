import { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

const sliceBytes = 16 * 1024
/** Timers are late by a few milliseconds; this much may be caught up. */
const creditMs = 50

/** A gate that request bodies pass, telling how many bytes came. */
export type Gate = (onBytes: (bytes: number) => void) => Transform

/** Gates that together let through at most so many bytes a second, shared evenly; any number if `undefined`. */
export function createThrottle(bytesPerSecond: number | undefined): Gate {
  let freeAtMs = 0

  // Each connection asks for one slice at a time and slices are served in the order of asking, so all get the same share.
  async function take(bytes: number, rate: number): Promise<void> {
    freeAtMs = Math.max(freeAtMs, performance.now() - creditMs) + bytes / rate * 1000
    const waitMs = freeAtMs - performance.now()
    if (waitMs > 2) await sleep(waitMs)
  }

  return (onBytes) => new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length)
      if (bytesPerSecond === undefined) return done(null, chunk)
      for (let start = 0; start < chunk.length; start += sliceBytes) {
        const slice = chunk.subarray(start, start + sliceBytes)
        await take(slice.length, bytesPerSecond)
        this.push(slice)
      }
      done()
    },
  })
}
