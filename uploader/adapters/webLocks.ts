import type { Locks } from '~/uploader/engine/ports'

/** One Web Lock for each upload, over all tabs of this origin. */
export const webLocks: Locks = {
  async hold(id, signal, onWait) {
    const name = `lading-upload-${id}`
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>()

    const request = (options: LockOptions) =>
      new Promise<boolean>((resolve, reject) => {
        navigator.locks.request(name, options, (lock) => {
          resolve(lock !== null)
          return lock ? held : undefined
        }).catch(reject)
      })

    if (!await request({ ifAvailable: true })) {
      onWait()
      await request({ signal })
    }
    return () => release(undefined)
  },
}
