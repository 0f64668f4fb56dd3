import type { Entry } from '~/uploader/engine/entry'
import type { EntryList } from '~/uploader/engine/entryList'
import type { Clock, Locks, TabChannel } from '~/uploader/engine/ports'
import type { Reporter } from '~/uploader/engine/reporter'
import type { UploadSnapshot } from '~/uploader/engine/types'
import type { AskedAction, ShownUpload, TabMessage } from './messages'
import type { Mirror } from './mirror'
import { createPeers } from './peers'

/**
 * Joins the tabs of one browser: for each upload one of them goes on, the others show what that one tells and have its
 * file, so that one of them can go on when it leaves. Who goes on is decided by the upload's lock alone.
 */
export interface Tabs {
  /** Takes part. Resolves when whoever is there has had the time to tell what they are at. */
  join(): Promise<void>
  /** Stops taking part, and leaves what is under way here to the others. */
  leave(): void
  /** This tab goes on with the entry from here on. */
  speakFor(entry: Entry): void
  /** Hands what the person pressed to the tab that goes on with the entry; does nothing where none does. */
  ask(entry: Entry, action: AskedAction): void
}

export interface TabsOptions {
  /** Absent where tabs can't reach each other: then each is alone, and waits for the locks of the others. */
  channel: TabChannel | undefined
  name: string
  clock: Clock
  locks: Locks
  list: EntryList
  reporter: Reporter
  mirror: Mirror
  newId(): string
  /** Does what the person pressed in another tab. */
  obey(id: string, action: AskedAction): void
}

/** A living tab answers within milliseconds; one in the background that is kept slow, later. */
const greetingMs = 250

export function createTabs({ channel, name, clock, locks, list, reporter, mirror, newId, obey }: TabsOptions): Tabs {
  const peers = createPeers({ name, clock, locks, onDeath: (peer) => mirror.gone(peer, false) })
  /** Whose files all that are there have been told. */
  let handed = new WeakSet<Entry>()
  /** What was discarded here while nobody could be told. */
  const unheardDiscards: string[] = []
  let stop: (() => void) | undefined
  let joining: Promise<void> | undefined
  let isWanted = false

  function tell(message: TabMessage) {
    channel?.tell(message)
  }

  function tellChanges(uploads: readonly UploadSnapshot[]) {
    if (!stop || peers.count === 0) return
    const shown = uploads.flatMap((upload) => show(upload) ?? [])
    if (shown.length > 0) tell({ from: name, type: 'shows', uploads: shown })
  }

  function show(upload: UploadSnapshot): ShownUpload | undefined {
    const entry = list.get(upload.id)
    const isInLine = upload.state.status === 'waiting' && upload.state.reason === 'other_tab'
    if (!entry?.isOurs || isInLine) return undefined
    entry.pick ??= newId()
    const { facts, fingerprint, pick, file } = entry
    const isNews = file !== undefined && !handed.has(entry)
    if (isNews) handed.add(entry)
    return { upload, facts, pick, ...(fingerprint !== undefined && { fingerprint }), ...(isNews && { file }) }
  }

  function tellAll() {
    handed = new WeakSet()
    // What has ended too: the other one may have been away when it did. And where there is nothing, it knows that somebody is here.
    const uploads = list.all().flatMap((entry) => show(entry.snapshot()) ?? [])
    tell({ from: name, type: 'shows', uploads })
  }

  function hear(message: TabMessage) {
    const { from } = message
    if (message.type === 'leaves') {
      peers.part(from)
      return mirror.gone(from, true)
    }
    peers.meet(from)
    if (message.type === 'joins') tellAll()
    else if (message.type === 'shows') message.uploads.forEach((shown) => mirror.hear(from, shown))
    else if (message.type === 'drops') mirror.drop(from, message.id, message.isDiscarded)
    else if (message.to === name) obey(message.id, message.action)
  }

  async function appear() {
    // It may have left while it still waited to be greeted, and be back.
    while (channel && isWanted && !stop) {
      try {
        await peers.appear()
      } catch {
        // Whoever can't show that it lives would be taken for dead by the others: this tab stays alone.
        return
      }
      if (!isWanted) return peers.disappear()
      stop = channel.listen(hear)
      tell({ from: name, type: 'joins' })
      for (const id of unheardDiscards.splice(0)) tell({ from: name, type: 'drops', id, isDiscarded: true })
      await clock.sleep(greetingMs)
    }
  }

  reporter.subscribe((event) => {
    if (event.type === 'changed') return tellChanges(event.uploads)
    if (event.type !== 'removed') return
    if (channel && !stop && event.isDiscarded) unheardDiscards.push(event.id)
    if (!stop || peers.count === 0) return
    tell({ from: name, type: 'drops', id: event.id, isDiscarded: event.isDiscarded ?? false })
    // Under its new id the others know nothing of it.
    const entry = event.replacedBy === undefined ? undefined : list.get(event.replacedBy)
    if (entry) handed.delete(entry)
  })

  return {
    join() {
      isWanted = true
      return joining ??= appear().finally(() => {
        joining = undefined
      })
    },

    leave() {
      isWanted = false
      if (!stop) return
      // Nobody is to go on with what is being thrown away.
      tellChanges(list.all().filter(({ state }) => state.status === 'discarding').map((entry) => entry.snapshot()))
      tell({ from: name, type: 'leaves' })
      // What they make of it is not heard here.
      if (peers.count > 0) for (const entry of list.all()) entry.wasElsewhere ||= entry.isOurs
      stop()
      stop = undefined
      peers.disappear()
      mirror.close()
    },

    speakFor(entry) {
      entry.isOurs = true
      entry.elsewhere = undefined
    },

    ask(entry, action) {
      if (entry.elsewhere) tell({ from: name, type: 'asks', to: entry.elsewhere.tab, id: entry.id, action })
    },
  }
}
