import type { Reading } from './reading'

/** Sign calls are to be answered within it, 99 of 100. In milliseconds. */
export const signLimitMs = 500
/** A core that is at work for more of the time has no room left. */
const fullShare = 0.9
/** A generator whose timers are later than this measures itself. In milliseconds. */
const lateMs = 100

export type Verdict =
  /** There is room for more. */
  | 'borne'
  /** The server answers too late, and nothing else does. */
  | 'serverFull'
  /** The core that holds clients and store is full, so what is seen beyond is not the server's. */
  | 'otherCoreFull'

/** What a reading says; a series ends with the first that is not borne. */
export function judge({ signP99Ms, otherCoreShare, latenessP99Ms }: Pick<Reading, 'signP99Ms' | 'otherCoreShare' | 'latenessP99Ms'>): Verdict {
  if (otherCoreShare >= fullShare || latenessP99Ms > lateMs) return 'otherCoreFull'
  return signP99Ms > signLimitMs ? 'serverFull' : 'borne'
}

/** Measures step after step, until one is not borne or there are none left. Each comes after the one before. */
export async function rise<Step>(steps: Iterable<Step>, measure: (step: Step) => Promise<Reading>): Promise<Reading[]> {
  const readings: Reading[] = []
  for (const step of steps) {
    const reading = await measure(step)
    readings.push(reading)
    if (judge(reading) !== 'borne') break
  }
  return readings
}
