import type { BodyKind } from './ports'
import { LadingError } from '#shared/errors'
import { defaultPartBytes, MiB, smallestPartBytes } from '#shared/limits'

export interface PartSizeFacts {
  fileBytes: number
  /** What the person set, in bytes. */
  person: number | undefined
  /** What the site's operator set, in bytes. */
  usual: number | undefined
  /** Most bytes a second that the person allows. */
  allowed: number | undefined
  /** What the way to the store achieved before, in bytes a second. */
  goodput: number | undefined
  /** Connections over which parts go side by side. */
  connections: number
  bodies: BodyKind
  /** Most bytes of bodies in memory. */
  memoryBytes: number
}

/** Gains end here, and the tail grows: see `leastRounds`. */
const largestAutomaticBytes = 32 * MiB
/** A part may take so long: each one costs a preflight, and a drop throws its work away. */
const wantedSeconds = 4
/** Where nothing is remembered of the way. Most of a part's time is its way there and back then, unless it is large. */
const presumedBytesPerSecond = 33e6
/** Under a speed limit parts begin so far apart at most, where the store takes parts that are small enough. */
const pacedSeconds = 4
/** Parts for each connection. With fewer of them, connections idle at the end while the last parts are sent. */
const leastRounds = 5

/** Two parts fit into memory, so that one can be sent while the next is read. */
function largestPartInMemory(memoryBytes: number): number {
  return Math.floor(memoryBytes / 2)
}

/** @throws LadingError `browser_limit` where a part's body, which has to be in memory to be sent, is too long for that. */
export function assertFitsMemory(bodies: BodyKind, partBytes: number, fileBytes: number, memoryBytes: number) {
  const bodyBytes = Math.min(partBytes, fileBytes)
  if (bodies === 'bytes' && bodyBytes > largestPartInMemory(memoryBytes)) {
    throw new LadingError('browser_limit', `Parts of ${bodyBytes} bytes are more than this browser can hold in memory`)
  }
}

/** The wished length of a part for a new upload, in bytes. The store's limits come on top of it. */
export function wishPartBytes({ person, usual, allowed, bodies, memoryBytes, ...way }: PartSizeFacts): number {
  const goodput = way.goodput ?? Math.min(presumedBytesPerSecond, allowed ?? Infinity)
  const wished = person ?? Math.min(usual ?? automaticPartBytes({ ...way, goodput }), largestPacedBytes(allowed))
  return bodies === 'bytes' ? Math.min(wished, largestPartInMemory(memoryBytes)) : wished
}

/** The larger the parts, the coarser the pace: this is the largest that is chosen unless the person sets one. */
export function largestPacedBytes(bytesPerSecond: number | undefined): number {
  if (bytesPerSecond === undefined) return Infinity
  return Math.max(smallestPartBytes, Math.floor(pacedSeconds * bytesPerSecond / MiB) * MiB)
}

/** A file of any length is cut so that each connection gets as many parts as the others, and none idles at the end. */
function automaticPartBytes({ fileBytes, goodput, connections }: { fileBytes: number, goodput: number, connections: number }): number {
  const largest = Math.min(wantedSeconds * goodput / connections, largestAutomaticBytes)
  const rounds = Math.max(leastRounds, Math.ceil(fileBytes / (largest * connections)))
  return Math.max(defaultPartBytes, Math.ceil(fileBytes / (rounds * connections) / MiB) * MiB)
}
