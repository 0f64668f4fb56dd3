import type { Connectivity } from '~/uploader/engine/ports'

/** What the browser tells by its `online` event: the machine has a network again, wherever that leads. */
export const browserConnectivity: Connectivity = {
  restored: (signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const stop = () => {
        removeEventListener('online', restored)
        reject(signal.reason)
      }
      const restored = () => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      addEventListener('online', restored, { once: true })
      signal.addEventListener('abort', stop, { once: true })
    }),
}
