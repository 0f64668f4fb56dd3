import type { Clock } from '~/uploader/engine/ports'

/** A longer timer fires at once. */
const longestMs = 2 ** 31 - 1

export const browserClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, Math.min(ms, longestMs))
      signal?.addEventListener('abort', stop, { once: true })
    }),
}
