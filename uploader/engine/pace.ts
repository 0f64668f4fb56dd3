import type { Crowding } from './crowding'
import type { PartTime, Slowness } from './slowness'
import { createCrowding } from './crowding'
import { createSlowness } from './slowness'

/** How one part ended, and what was going on around it. Times are milliseconds on the clock that nobody sets. */
export interface PartEnd extends PartTime {
  bytes: number
  /** Parts in flight, those that wait for a connection included. */
  inFlight: number
}

/**
 * Automatic concurrency: all the room that there is, unless there is trouble. It does not chase goodput, for on a way
 * without trouble more parts are never slower; what it reacts to is a store that refuses, and parts that take minutes.
 */
export interface Pace {
  /** Parts in flight that are wanted now. */
  limit(): number
  /** The room: connections to all host names, and what is queued ahead. */
  setCeiling(ceiling: number): void
  landed(end: PartEnd): void
  /** The store was too busy for it, or nothing moved any more. */
  refused(end: PartEnd): void
  /** Its connection broke after bytes had left. */
  dropped(end: PartEnd): void
}

/** Smaller parts than half of the largest say nothing about how long one takes. */
const comparableShare = 0.5
/** How quickly the largest part of earlier files is forgotten, with each part that lands. */
const fade = 0.9

export function createPace(ceiling: number): Pace {
  const crowding: Crowding = createCrowding(ceiling)
  const slowness: Slowness = createSlowness(ceiling)
  let largest = 0

  function isComparable({ bytes }: PartEnd): boolean {
    largest = Math.max(bytes, largest * fade)
    return bytes >= largest * comparableShare
  }

  return {
    limit: () => Math.max(1, Math.min(crowding.limit(), slowness.limit())),
    setCeiling(newCeiling) {
      crowding.setCeiling(newCeiling)
      slowness.setCeiling(newCeiling)
    },
    landed(end) {
      crowding.landed(end.startedAt, end.at, end.inFlight)
      if (isComparable(end)) slowness.landed(end)
    },
    refused: (end) => crowding.refused(end.startedAt, end.at, end.inFlight),
    dropped(end) {
      if (isComparable(end)) slowness.dropped(end)
    },
  }
}
