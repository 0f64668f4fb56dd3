import type { Locks } from '~/uploader/engine/ports'
import type { LeaseOptions } from './leaseLocks'
import { createLeases } from './leaseLocks'
import { holdWebLock } from './webLocks'

/** Waits for the lock of this very name, over all tabs of this origin. Otherwise as `Locks.hold`. */
export type HoldLock = Locks['hold']

/** Everything that only one tab may do at a time. */
export interface TabLocks extends Locks {
  /** Runs the work while no other tab runs any of this name. Rejects with the signal's reason if it is aborted before. */
  alone<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

export function createTabLocks(holdLock: HoldLock): TabLocks {
  return {
    hold: (id, ...rest) => holdLock(`lading-upload-${id}`, ...rest),
    async alone(name, work, signal = new AbortController().signal) {
      const release = await holdLock(`lading-${name}`, signal, () => {})
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}

/** The browser's own locks; leases where it has none. */
export function lockOf(browser: Navigator, leases: LeaseOptions): HoldLock {
  return 'locks' in browser ? holdWebLock : createLeases(leases)
}
