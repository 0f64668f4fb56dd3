import type { PageNotes } from '~/bench/pageWatch'

type WatchedWindow = Window & { benchNotes?: PageNotes }

/** What a page tells when it is over. */
export interface PageReading extends Pick<PageNotes, 'chosenAt' | 'completedAt' | 'longTasksMs'> {
  /** Requests of its scripts to its own server since the file was chosen. */
  calls: number
  /** Paths of all scripts that it has loaded, its workers' included. */
  scripts: string[]
}

/** Makes room for as many requests as there may be. To be run within a page before the file is chosen. */
export function takeResourceNotes(): void {
  performance.setResourceTimingBufferSize(200_000)
}

/** To be run within a page. */
export function readPage(): PageReading {
  const { benchNotes } = window as WatchedWindow
  if (!benchNotes) throw new Error('No notes were taken')
  const { chosenAt, completedAt, longTasksMs } = benchNotes
  const resources = performance.getEntriesByType('resource').filter(({ name }) => new URL(name).origin === location.origin) as PerformanceResourceTiming[]
  const calls = resources.filter(({ initiatorType, startTime }) => ['fetch', 'xmlhttprequest'].includes(initiatorType) && performance.timeOrigin + startTime >= chosenAt)
  const scripts = resources.map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith('.js'))
  return { chosenAt, completedAt, longTasksMs, calls: calls.length, scripts: [...new Set(scripts)] }
}
