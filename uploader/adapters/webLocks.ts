import type { HoldLock } from './tabLocks'

/** Web Locks: a tab that ends lets go of all that it holds, and the browser freezes none that holds one. */
export const holdWebLock: HoldLock = async (name, signal, onWait) => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })

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
  return () => release()
}
