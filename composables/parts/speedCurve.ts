import type { SpeedSecond } from '~/uploader/engine/types'

/** The speed of an upload over the last minutes, ready to be drawn. */
export interface SpeedCurve {
  /** How far it reaches back: one, two or five minutes. */
  seconds: number
  /** Bytes a second at each second of that time, the oldest first. */
  speeds: number[]
  highest: number
  /** How many seconds ago something had to be tried again. */
  retriesAgo: number[]
  /** Over the whole time. */
  retries: number
}

const spans = [60, 120, 300] as const
/** What leaves within one second comes in gulps: each point is the mean of so many. */
const smoothedSeconds = 4

/** The second that is not over yet is left out. */
export function speedCurve(history: readonly SpeedSecond[]): SpeedCurve {
  const past = history.filter(({ secondsAgo }) => secondsAgo > 0)
  const oldest = past[0]?.secondsAgo ?? 0
  const seconds = spans.find((span) => span >= oldest) ?? spans[2]
  const bytes = Array.from({ length: seconds }, () => 0)
  for (const second of past) if (second.secondsAgo <= seconds) bytes[seconds - second.secondsAgo] = second.bytes

  const speeds = bytes.map((_, index) => {
    const begun = Math.max(index - smoothedSeconds + 1, seconds - oldest, 0)
    const window = bytes.slice(begun, index + 1)
    return window.length > 0 ? window.reduce((sum, more) => sum + more, 0) / window.length : 0
  })
  const tried = history.filter(({ retries, secondsAgo }) => retries > 0 && secondsAgo <= seconds)
  return {
    seconds,
    speeds,
    highest: Math.max(...speeds),
    retriesAgo: tried.map(({ secondsAgo }) => secondsAgo),
    retries: tried.reduce((sum, { retries }) => sum + retries, 0),
  }
}

/** The curve as an SVG path over a box of this size, and the same closed at its foot. Time runs from the left to the right. */
export function curvePath({ speeds, highest, seconds }: Pick<SpeedCurve, 'speeds' | 'highest' | 'seconds'>, width: number, height: number): { line: string, area: string } {
  const step = width / (seconds - 1)
  const points = speeds.map((speed, index) => `${round(index * step)},${round(height * (1 - (highest > 0 ? speed / highest : 0)))}`)
  const line = `M${points.join('L')}`
  return { line, area: `${line}L${round(width)},${round(height)}L0,${round(height)}Z` }
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
