import type { Clock } from './ports'

/** Foretells when the parts that are on their way will have landed, from how long others took. */
export interface Landings {
  depart(bytes: number): LandingPart
  /**
   * How long until so many more have landed, in milliseconds, where each one that lands makes room for the next: 0 for
   * one that is overdue. Infinity where nothing is on its way, or nothing is known yet.
   */
  untilMs(count: number): number
}

export interface LandingPart {
  progress(sentBytes: number): void
  end(outcome: 'landed' | 'lost'): void
}

interface Departed {
  at: number
  bytes: number
  /** What is handed over at first fills the buffers on the way, and is not yet delivered. */
  first?: { at: number, sent: number }
  sent: number
}

/** What the latest part says weighs so much. */
const latestShare = 0.3

export function createLandings(clock: Clock): Landings {
  const departed = new Set<Departed>()
  let msPerByte: number | undefined

  /** From departure to landing. Until one has landed, the rate tells at which it is being sent. */
  function durationMs({ at, bytes, first, sent }: Departed): number {
    if (msPerByte !== undefined) return bytes * msPerByte
    if (!first || sent === first.sent) return Infinity
    return first.at - at + (clock.elapsed() - first.at) * bytes / (sent - first.sent)
  }

  return {
    depart(bytes) {
      const part: Departed = { at: clock.elapsed(), bytes, sent: 0 }
      departed.add(part)
      return {
        progress(sentBytes) {
          part.first ??= { at: clock.elapsed(), sent: sentBytes }
          part.sent = sentBytes
        },
        end(outcome) {
          departed.delete(part)
          // An empty part says nothing about others.
          if (outcome === 'lost' || bytes === 0) return
          const latest = (clock.elapsed() - part.at) / bytes
          msPerByte = msPerByte === undefined ? latest : msPerByte + latestShare * (latest - msPerByte)
        },
      }
    },

    untilMs(count) {
      if (departed.size === 0) return Infinity
      const now = clock.elapsed()
      const durationsMs = [...departed].map(durationMs)
      const landingsMs = [...departed].map(({ at }, index) => Math.max(0, at + (durationsMs[index] ?? 0) - now)).sort((one, other) => one - other)
      const rounds = Math.floor((count - 1) / landingsMs.length)
      // Those that follow are taken to be like those that are on their way.
      const roundMs = durationsMs.reduce((sum, ms) => sum + ms, 0) / durationsMs.length
      return (landingsMs[(count - 1) % landingsMs.length] ?? Infinity) + (rounds > 0 ? rounds * roundMs : 0)
    },
  }
}
