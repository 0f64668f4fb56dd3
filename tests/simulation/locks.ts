import type { Locks } from '~/uploader/engine/ports'

/** Web Locks over all tabs: a tab that dies lets go of all it holds, and waits for nothing any more. */
export interface SharedLocks {
  of(tab: object): Locks
  holder(id: string): object | undefined
  releaseAll(tab: object): void
}

interface Waiter {
  tab: object
  grant(): void
}

export function createSharedLocks(): SharedLocks {
  const holders = new Map<string, object>()
  const waiters = new Map<string, Waiter[]>()

  function grantNext(id: string) {
    holders.delete(id)
    waiters.get(id)?.shift()?.grant()
  }

  function hold(tab: object, id: string): () => void {
    holders.set(id, tab)
    let isHeld = true
    return () => {
      if (isHeld && holders.get(id) === tab) grantNext(id)
      isHeld = false
    }
  }

  return {
    holder: (id) => holders.get(id),

    releaseAll(tab) {
      for (const queue of waiters.values()) queue.splice(0, queue.length, ...queue.filter((waiter) => waiter.tab !== tab))
      for (const [id, holder] of holders) if (holder === tab) grantNext(id)
    },

    of: (tab) => ({
      hold(id, signal, onWait) {
        return new Promise((resolve, reject) => {
          if (signal.aborted) return reject(signal.reason)
          if (!holders.has(id)) return resolve(hold(tab, id))
          onWait()
          const queue = waiters.get(id) ?? []
          waiters.set(id, queue)
          const giveUp = () => {
            const at = queue.indexOf(waiter)
            if (at >= 0) queue.splice(at, 1)
            reject(signal.reason)
          }
          const waiter: Waiter = {
            tab,
            grant() {
              signal.removeEventListener('abort', giveUp)
              resolve(hold(tab, id))
            },
          }
          queue.push(waiter)
          signal.addEventListener('abort', giveUp, { once: true })
        })
      },
    }),
  }
}
