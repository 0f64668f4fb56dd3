import { MiB } from '#shared/limits'

/** What a person's machine, and an operator's, are to be spared. Tests in CI, on whatever machine, hold to five times these. */
export const targets = {
  /** Longer tasks of the main thread can be felt. */
  longestTaskMs: 50,
  updatesPerSecond: 5,
  /** Of the page's process above what it holds before a file is chosen, whatever the size of the file. */
  rendererBytes: 200 * MiB,
  /** Of 99 in 100 calls of the API, without what the store takes, while 200 browsers call one core at once. */
  apiAnswerMs: 500,
  /** Of the server meanwhile. */
  serverBytes: 400e6,
}
