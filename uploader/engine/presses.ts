import type { Conductor } from './conductor'
import type { EngineContext } from './context'
import type { Entry } from './entry'
import type { EntryList } from './entryList'
import type { AskedAction } from './tabs/messages'
import type { UploadPriority } from './types'
import { priorities } from './priority'
import { isFinal, stands } from './state'

/** What the person presses for an upload, here or in another tab: it is done in the tab that goes on with it. */
export interface Presses {
  pause(entry: Entry): void
  resume(entry: Entry): void
  discard(entry: Entry): Promise<void>
  takeOver(entry: Entry): void
  prioritize(entry: Entry, priority: UploadPriority): void
  /** It was pressed in another tab, which shows what this one is at. */
  obey(id: string, action: AskedAction): void
}

export interface PressesOptions {
  list: EntryList
  conductor: Pick<Conductor, 'queue' | 'halt' | 'discard' | 'rearrange'>
  /** Asked for when it is needed. */
  context(): Pick<EngineContext, 'ports' | 'remember'>
  /** Hands it to the tab that goes on with the entry. */
  ask(entry: Entry, action: AskedAction): void
}

export function createPresses({ list, conductor, context, ask }: PressesOptions): Presses {
  function pauseHere(entry: Entry) {
    entry.isUnasked = false
    entry.move({ type: 'paused' })
    if (entry.state.status === 'paused') conductor.halt(entry, 'paused')
  }

  function resumeHere(entry: Entry) {
    entry.isUnasked = false
    if (entry.file) conductor.queue(entry)
  }

  async function discardHere(entry: Entry) {
    if (!isFinal(entry.state) && entry.state.status !== 'discarding') await conductor.discard(entry)
  }

  function prioritizeHere(entry: Entry, priority: UploadPriority) {
    if (isFinal(entry.state) || entry.priority === priority) return
    entry.priority = priority
    entry.touch()
    conductor.rearrange(entry)
    const { id, partBytes } = entry
    // What was never opened is not written down yet.
    if (partBytes !== undefined) void context().remember(() => context().ports.records.update(id, { priority }))
  }

  return {
    pause(entry) {
      pauseHere(entry)
      ask(entry, 'pause')
    },

    resume(entry) {
      if (!entry.elsewhere || !stands(entry.state)) return resumeHere(entry)
      ask(entry, 'resume')
      // Should that tab let go of it after all, it goes on here.
      entry.isUnasked = true
    },

    async discard(entry) {
      if (!entry.elsewhere) return await discardHere(entry)
      // Whoever is at it has to stop first, and takes it away.
      pauseHere(entry)
      ask(entry, 'discard')
    },

    takeOver(entry) {
      if (!entry.elsewhere || !entry.file || !stands(entry.state)) return
      ask(entry, 'let go')
      resumeHere(entry)
    },

    prioritize(entry, priority) {
      prioritizeHere(entry, priority)
      ask(entry, `send ${priority}`)
    },

    obey(id, action) {
      const entry = list.get(id)
      if (!entry?.isOurs) return
      const priority = priorities.find((some) => action === `send ${some}`)
      if (priority) prioritizeHere(entry, priority)
      else if (action === 'resume') resumeHere(entry)
      else if (action === 'discard') void discardHere(entry)
      else pauseHere(entry)
    },
  }
}
