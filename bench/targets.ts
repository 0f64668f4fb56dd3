import { MiB } from '#shared/limits'

/** What a person's machine, and an operator's, are to be spared. Tests in CI, on whatever machine, hold to five times these. */
export const targets = {
  /** Longer tasks of the main thread can be felt. */
  longestTaskMs: 50,
  updatesPerSecond: 5,
  /** From a press to the frame that shows what came of it, with 10,000 files in the page. */
  clickAnswerMs: 200,
  /** Of 60 a second, while that page is scrolled; from 0 to 1. */
  framesOnTime: 0.95,
  /** In the page at a time, however many files there are. */
  rows: 200,
  /** Of the built page, with nothing cached. */
  largestPaintMs: 1500,
  /** As browsers sum it up. */
  layoutShift: 0.02,
  /** Of the page's process above what it holds before a file is chosen, whatever the size of the file. */
  rendererBytes: 200 * MiB,
  /** Of 99 in 100 calls of the API, without what the store takes, while 200 browsers call one core at once. */
  apiAnswerMs: 500,
  /** Of the server meanwhile. */
  serverBytes: 400e6,
}
