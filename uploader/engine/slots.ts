/** The parts in flight over all files together. */
export interface Slots {
  /**
   * Waits for room and answers how to give it back. Whoever holds least gets the next free slot, so that a file of
   * one part is not kept waiting by one of thousands. Rejects with the signal's reason.
   */
  take(owner: object, signal: AbortSignal): Promise<() => void>
  /** Takes effect at once: more start now, or none starts until enough have ended. */
  setLimit(limit: number): void
  readonly limit: number
}

interface Waiter {
  owner: object
  grant(): void
}

export function createSlots(initialLimit: number): Slots {
  let limit = initialLimit
  let taken = 0
  const held = new Map<object, number>()
  const waiters: Waiter[] = []

  const heldBy = (owner: object) => held.get(owner) ?? 0

  function change(owner: object, by: number) {
    taken += by
    const left = heldBy(owner) + by
    if (left === 0) held.delete(owner)
    else held.set(owner, left)
  }

  function grantFree() {
    while (taken < limit) {
      const next = waiters.reduce<Waiter | undefined>(
        (least, waiter) => (least === undefined || heldBy(waiter.owner) < heldBy(least.owner) ? waiter : least),
        undefined,
      )
      if (!next) return
      waiters.splice(waiters.indexOf(next), 1)
      change(next.owner, 1)
      next.grant()
    }
  }

  return {
    get limit() {
      return limit
    },

    setLimit(newLimit) {
      limit = newLimit
      grantFree()
    },

    take(owner, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)

        const giveUp = () => {
          waiters.splice(waiters.indexOf(waiter), 1)
          reject(signal.reason)
        }
        const waiter: Waiter = {
          owner,
          grant() {
            signal.removeEventListener('abort', giveUp)
            let isHeld = true
            resolve(() => {
              if (!isHeld) return
              isHeld = false
              change(owner, -1)
              grantFree()
            })
          },
        }
        waiters.push(waiter)
        signal.addEventListener('abort', giveUp, { once: true })
        grantFree()
      })
    },
  }
}
