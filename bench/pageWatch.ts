/** What a page tells of itself while it sends. Times are milliseconds since 1970. */
export interface PageNotes {
  /** The moment in which the files were chosen. */
  chosenAt: number
  completedAt: number
  /**
   * Tasks of the main thread that took 50 ms or more, in milliseconds. Of the task in which the files were chosen, what
   * came after that: the browser itself takes most of a millisecond for each file that it hands to a page.
   */
  longTasksMs: number[]
  /** Moments in which the page showed something new. */
  updatesAt: number[]
}

type WatchedWindow = Window & { benchNotes?: PageNotes, benchCompleted?: Promise<void> }

/**
 * Begins to take notes; to be run within a page before the files are chosen. Everything that one batch of the engine's
 * changes does to the page is drawn at once, so one call of the observer is one batch.
 */
export function takeNotes(): void {
  const now = () => performance.timeOrigin + performance.now()
  const notes: PageNotes = { chosenAt: 0, completedAt: 0, longTasksMs: [], updatesAt: [] }
  const watched = window as WatchedWindow
  watched.benchNotes = notes

  document.addEventListener('change', () => { notes.chosenAt ||= now() }, { capture: true })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const startedAt = performance.timeOrigin + startTime
      if (startedAt + duration > notes.chosenAt) notes.longTasksMs.push(startedAt + duration - Math.max(startedAt, notes.chosenAt))
    }
  }).observe({ type: 'longtask' })

  function isCompleted(): boolean {
    const failed = document.querySelector('[data-testid="upload-row"][data-status="failed"]')
    if (failed) throw new Error(`An upload failed: ${failed.textContent}`)
    // Rows far from the screen are not drawn; the bar over all of them is full only when all have arrived.
    const whole = document.querySelector('[data-testid="totals"] [role="progressbar"]')
    if (whole) return whole.getAttribute('aria-valuenow') === '100'
    return document.querySelector('[data-testid="upload-row"][data-status="completed"]') !== null
  }

  watched.benchCompleted = new Promise((resolve, reject) => {
    new MutationObserver(() => {
      notes.updatesAt.push(now())
      if (notes.completedAt) return
      try {
        if (!isCompleted()) return
        notes.completedAt = now()
        resolve()
      } catch (error) {
        reject(error)
      }
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  })
}

/** Resolves when all chosen files have arrived; throws when one fails, and after `limitMs`. To be run within the page. */
export async function untilCompleted(limitMs: number): Promise<PageNotes> {
  const { benchNotes, benchCompleted } = window as WatchedWindow
  if (!benchNotes) throw new Error('No notes were taken')
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`Not completed after ${limitMs / 1000} s`)), limitMs))
  await Promise.race([benchCompleted, late])
  return benchNotes
}

/** Resolves when the first upload on the page shows that so much of it has left, from 0 to 1. To be run within the page. */
export async function untilSent(share: number): Promise<void> {
  const isSent = () => Number(document.querySelector('[data-testid="upload-progress"]')?.getAttribute('aria-valuenow') ?? 0) >= share * 100
  if (isSent()) return
  await new Promise<void>((resolve) => {
    new MutationObserver((_, observer) => {
      if (!isSent()) return
      observer.disconnect()
      resolve()
    }).observe(document.body, { subtree: true, childList: true, attributes: true })
  })
}

/** Updates a second, from the first to the last. */
export function updateRate(updatesAt: number[]): number {
  const [first = 0, last = first] = [updatesAt[0], updatesAt.at(-1)]
  return last > first ? (updatesAt.length - 1) / (last - first) * 1000 : 0
}
