import type { BenchBrowser } from './benchBrowser'
import { eventually } from '~/tests/e2e/support/eventually'
import { takeNotes, updateRate } from './pageWatch'

/** What a person notices of the page. */
export interface PageLook {
  /** From the navigation on. */
  largestPaintMs: number
  /** The sum of all that moved without being asked to. */
  layoutShift: number
  /** The slowest of a few presses, to the frame that shows what came of it. */
  answerMs: number
  pauseAllMs: number
  /** Frames that came, of those that a screen with 60 a second has room for; from 0 to 1. */
  framesOnTime: number
  /** Most at a time, while scrolling. */
  rows: number
  /** While nobody does anything. */
  updatesPerSecond: number
}

interface Watched { presses: number[] }
type WatchedWindow = Window & { benchPresses?: Watched, benchFrames?: { times: number[], rows: number } }

/** What the browser's event timing leaves out is quicker than this. */
const leastMs = 16
const quietMs = 6_000
const scrollSteps = 240
const stepPixels = 120
const patienceMs = 120_000

/** Adds the files to a page that has just been loaded, and uses it while they are sent. */
export async function lookAtPage(browser: BenchBrowser, paths: string[]): Promise<PageLook> {
  const paints = await browser.call(readPaints, undefined)
  await browser.call(takeNotes, undefined)
  await browser.call(watchPresses, leastMs)
  await browser.choose('[data-testid="file-input"]', paths)
  const count = (selector: string) => browser.call((wanted) => document.querySelectorAll(wanted).length, selector)
  await eventually('files arrive', async () => await count('[data-testid="upload-row"][data-status="completed"]') > 0, patienceMs)

  const from = await browser.call(() => performance.timeOrigin + performance.now(), undefined)
  await new Promise((resolve) => setTimeout(resolve, quietMs))
  const notes = await browser.call(() => (window as Window & { benchNotes?: { updatesAt: number[] } }).benchNotes?.updatesAt ?? [], undefined)

  const answers: number[] = []
  for (const [press, shows] of [
    ['[data-testid="settings"]', '[data-testid="setting-concurrency"]'],
    ['[data-testid="settings"]', '[data-testid="settings"][aria-expanded="false"]'],
    ['[data-testid="select-all"]', '[data-testid="selected-pause"]'],
    ['[data-testid="clear-selection"]', '[data-testid="select-all"]:not(:indeterminate):not(:checked)'],
  ] as const) answers.push(await answerTo(browser, press, shows))

  await browser.call(watchFrames, undefined)
  const middle = await browser.call(() => ({ x: innerWidth / 2, y: innerHeight / 2 }), undefined)
  for (let step = 0; step < scrollSteps; step++) await browser.wheel(middle, stepPixels)
  const { times, rows } = await browser.call(() => (window as WatchedWindow).benchFrames ?? { times: [], rows: 0 }, undefined)
  await browser.call(() => window.scrollTo(0, 0), undefined)
  await eventually('the top is there again', async () => await count('[data-testid="pause-all"]') > 0, patienceMs)

  return {
    ...paints,
    answerMs: Math.max(...answers),
    pauseAllMs: await answerTo(browser, '[data-testid="pause-all"]', '[data-testid="resume-all"]'),
    framesOnTime: shareOnTime(times),
    rows,
    updatesPerSecond: updateRate(notes.filter((at) => at >= from)),
  }
}

/** Presses the first of these with the mouse, waits until the page shows what came of it, and tells how long that took. */
async function answerTo(browser: BenchBrowser, press: string, shows: string): Promise<number> {
  const before = await browser.call(() => (window as WatchedWindow).benchPresses?.presses.length ?? 0, undefined)
  await browser.click(press)
  await eventually(`${shows} is shown`, () => browser.call((wanted) => document.querySelector(wanted) !== null, shows), patienceMs)
  // The timing is told after the frame.
  await browser.call(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 200))), undefined)
  const all = await browser.call(() => (window as WatchedWindow).benchPresses?.presses ?? [], undefined)
  return Math.max(leastMs, ...all.slice(before))
}

/** Of times in milliseconds, one for each frame. */
function shareOnTime(times: readonly number[]): number {
  const frameMs = 1000 / 60
  const wanted = times.slice(1).map((time, index) => Math.max(1, Math.round((time - (times[index] ?? time)) / frameMs)))
  return wanted.length / wanted.reduce((sum, frames) => sum + frames, 0)
}

/** To be run within the page. */
async function readPaints() {
  const read = (type: string) => new Promise<PerformanceEntry[]>((resolve) => {
    const found: PerformanceEntry[] = []
    new PerformanceObserver((list) => { found.push(...list.getEntries()) }).observe({ type, buffered: true })
    setTimeout(() => resolve(found), 500)
  })
  const paints = await read('largest-contentful-paint')
  const shifts = await read('layout-shift') as (PerformanceEntry & { value: number, hadRecentInput: boolean })[]
  const largestPaintMs = paints.at(-1)?.startTime
  if (largestPaintMs === undefined) throw new Error('The page has painted nothing')
  return { largestPaintMs, layoutShift: shifts.filter(({ hadRecentInput }) => !hadRecentInput).reduce((sum, { value }) => sum + value, 0) }
}

/** To be run within the page. */
function watchPresses(leastMs: number) {
  const watched: Watched = { presses: [] }
  ;(window as WatchedWindow).benchPresses = watched
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (['pointerdown', 'pointerup', 'click'].includes(entry.name)) watched.presses.push(entry.duration)
  }).observe({ type: 'event', durationThreshold: leastMs } as PerformanceObserverInit)
}

/** To be run within the page. */
function watchFrames() {
  const watched = { times: [] as number[], rows: 0 }
  ;(window as WatchedWindow).benchFrames = watched
  function note(time: number) {
    watched.times.push(time)
    watched.rows = Math.max(watched.rows, document.querySelectorAll('[data-testid="upload-row"]').length)
    requestAnimationFrame(note)
  }
  requestAnimationFrame(note)
}
