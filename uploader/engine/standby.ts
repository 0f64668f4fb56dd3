import type { Conductor } from './conductor'
import type { EngineContext } from './context'
import type { EntryList } from './entryList'
import type { Uploader } from './types'

/** The page is put away and taken up again, and the engine with it. */
export interface Standby extends Pick<Uploader, 'suspend' | 'wake'> {
  readonly isOnHold: boolean
}

export interface StandbyOptions {
  list: EntryList
  conductor: Pick<Conductor, 'standBy' | 'startQueued'>
  context(): Pick<EngineContext, 'tryNow' | 'flow'>
}

/**
 * What is under way goes back into the queue, and the queue stands still: so waking needs no list of what was stopped,
 * and what the person pauses, discards or adds meanwhile is treated as at any other time.
 */
export function createStandby({ list, conductor, context }: StandbyOptions): Standby {
  let isOnHold = false

  return {
    get isOnHold() {
      return isOnHold
    },

    suspend() {
      isOnHold = true
      for (const entry of list.all()) conductor.standBy(entry)
    },

    wake() {
      isOnHold = false
      const { tryNow, flow } = context()
      flow.tryNow()
      tryNow.ring()
      conductor.startQueued()
    },
  }
}
