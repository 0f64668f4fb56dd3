import { setMaxListeners } from 'node:events'
import type { UploadSnapshot } from '~/uploader/engine/types'
import type { Act, Deed, Moment, OperationName, Story } from './story'
import type { Tab } from './tab'
import type { World } from './world'
import { actionsFor } from '~/composables/uploadView'
import { createMemoryRecords } from '~/tests/unit/engine/world'
import { createDiskFile, createTwin, edit, pick, tokenBytes } from './disk'
import { createSharedLocks } from './locks'
import { judgeEnd, judgeRest } from './judge'
import { createMail } from './mail'
import { createServer } from './server'
import { createStore } from './store'
import { createTab } from './tab'
import { createVirtualTime } from './virtualTime'
import { createWatch } from './watch'

// Many parts wait for one signal: that is no leak here.
setMaxListeners(0)

/** A story that takes more wakings than this never ends. */
const mostSteps = 60_000

export interface Outcome {
  /** Broken promises; empty where all are kept. */
  violations: readonly string[]
  /** Calls and PUTs. */
  calls: number
  virtualMs: number
}

/** Plays one story from its beginning until nothing can happen any more, then lets the person finish everything. */
export async function play(story: Story): Promise<Outcome> {
  const world = createWorld(story)
  const { time, watch } = world
  try {
    open(world)
    story.files.forEach((file, index) => time.after(file.addedMs, () => perform(world, { type: 'add', file: index, tab: 0 })))
    await time.run(mostSteps)
    judgeRest(world)
    if (watch.violations.length === 0) await finish(world)
  } catch (thrown) {
    watch.broken('Always ends', thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown))
  } finally {
    for (const tab of world.tabs) if (!tab.isDead) tab.die()
  }
  return { violations: watch.violations, calls: watch.calls, virtualMs: time.now }
}

/** On a good day the person goes on with everything, comes back once more, and discards what can't be ended. */
async function finish(world: World) {
  const { time, watch, tabs } = world
  world.isCalm = true
  const [first, ...others] = tabs.filter((tab) => !tab.isDead)
  for (const other of others) other.die()
  if (first) {
    await goOnWithAll(world, first)
    judgeEnd(world, first)
  }
  if (watch.violations.length > 0) return
  first?.die()

  const tab = open(world)
  await time.run(mostSteps)
  await goOnWithAll(world, tab)
  if (watch.violations.length > 0) return
  judgeEnd(world, tab)
  for (const { id, state } of tab.uploader.snapshots()) {
    if (state.status !== 'completed') discard(world, tab, id)
  }
  await time.run(mostSteps)
  judgeEnd(world, tab, { isDiscarded: true })
}

async function goOnWithAll(world: World, tab: Tab) {
  for (let round = 0; round < 3 && world.watch.violations.length === 0; round++) {
    for (const upload of tab.uploader.snapshots()) goOn(world, tab, upload)
    await world.time.run(mostSteps)
    judgeRest(world)
  }
}

function createWorld(story: Story): World {
  const time = createVirtualTime()
  const store = createStore()
  const server = createServer(store, time)
  const counts = new Map<OperationName, number>()
  const pending = new Map<string, Act[]>()
  const watch = createWatch(() => world)
  server.onComplete(watch.completeAsked)
  const world: World = {
    story,
    time,
    store,
    server,
    locks: createSharedLocks(),
    mail: createMail(time),
    records: createMemoryRecords(),
    disk: [],
    tabs: [],
    watch,
    wallOffsetMs: 0,
    isCalm: false,
    count(op) {
      const nth = (counts.get(op) ?? 0) + 1
      counts.set(op, nth)
      return nth
    },
    reach(op, nth, phase) {
      if (world.isCalm) return
      for (const { deed } of pending.get(keyOf({ op, nth, phase })) ?? []) time.after(0, () => perform(world, deed))
    },
    isUnder: (kind) => !world.isCalm && story.spells.some((spell) =>
      spell.kind === kind && time.now >= spell.fromMs && time.now < spell.fromMs + spell.ms),
  }

  for (const { tokens, extraBytes, isTwin } of story.files) {
    const before = world.disk.at(-1)
    const name = `${String.fromCharCode(97 + world.disk.length)}.bin`
    const bytes = Math.max(0, tokens * tokenBytes + extraBytes)
    world.disk.push(isTwin && before ? createTwin(before, name) : createDiskFile(name, bytes, world.disk.length + 1))
  }
  for (const act of story.acts) {
    if ('ms' in act.when) time.after(act.when.ms, () => perform(world, act.deed))
    else pending.set(keyOf(act.when), [...(pending.get(keyOf(act.when)) ?? []), act])
  }
  return world
}

function keyOf(moment: Exclude<Moment, { ms: number }>): string {
  return `${moment.op} ${moment.nth} ${moment.phase}`
}

function open(world: World): Tab {
  const tab = createTab(world, world.tabs.length)
  world.tabs.push(tab)
  void tab.uploader.start()
  return tab
}

/** Lets the person do one thing. What can't be done, because nothing of the kind is there, is not done. */
function perform(world: World, deed: Deed) {
  const { disk, time, watch, server, store } = world
  const tabs = world.tabs.filter((tab) => !tab.isDead)
  const tab = 'tab' in deed ? tabs[deed.tab % tabs.length] : tabs[0]
  const file = 'file' in deed ? disk[deed.file % disk.length] : undefined
  const uploads = tab?.uploader.snapshots().filter(({ fileName }) => fileName === file?.name) ?? []
  const keyOfFile = () => [...server.kept.values()].find(({ fileName }) => fileName === file?.name)

  switch (deed.type) {
    case 'open tab':
      if (tabs.length === 1) open(world)
      return
    case 'edit':
      if (!file) return
      watch.noteCause(`edit ${file.name}`)
      if (deed.how === 'delete') file.isDeleted = true
      else edit(file, deed.how === 'in silence')
      return
    case 'set the clock':
      world.wallOffsetMs += deed.ms
      return
    case 'lose upload': {
      const kept = keyOfFile()
      if (!kept) return
      watch.noteCause('lose upload')
      return store.lose(kept.multipartId)
    }
    case 'lose part': {
      const kept = keyOfFile()
      if (!kept) return
      watch.noteCause('lose part')
      return store.losePart(kept.multipartId, deed.part)
    }
    case 'assemble slowly':
      return server.assembleSlowly(deed.ms)
    default:
  }
  if (!tab) return

  switch (deed.type) {
    case 'add':
      if (!file || file.isDeleted) return
      tab.uploader.add([pick(file)])
      return void tab.wanted.add(file)
    case 'concurrency':
      return tab.setConcurrency(deed.parts)
    case 'leave':
      // What it has to say is on its way when the page is gone.
      void tab.uploader.close()
      tab.die()
      return void time.after(deed.reopenMs, () => void reopen(world))
    case 'take over':
      for (const upload of uploads) {
        if (actionsFor(upload).canTakeOver) {
          // The other tab stops for it, whatever becomes of this one.
          watch.stopWanted(upload.fileName)
          watch.released(tab, upload)
        }
        tab.uploader.takeOver(upload.id)
      }
      return
    case 'crash':
      for (const { id } of tab.uploader.snapshots()) watch.orphaned(id)
      tab.die()
      return void time.after(deed.reopenMs, () => void reopen(world))
    case 'sleep':
      tab.uploader.suspend()
      watch.slept(tab)
      return void time.after(deed.ms, () => {
        if (tab.isDead) return
        watch.woke(tab)
        tab.uploader.wake()
      })
    case 'pause':
      for (const { id, fileName } of uploads) {
        watch.stopWanted(fileName)
        tab.uploader.pause(id)
        const upload = tab.uploader.snapshot(id)
        if (upload?.state.status === 'paused') watch.paused(tab, upload)
      }
      return
    case 'prioritize':
      for (const { id } of uploads) tab.uploader.prioritize(id, deed.priority)
      return
    case 'resume':
      for (const upload of uploads) {
        // A press where the page has no button for it has crossed something else, and means nothing.
        if (actionsFor(upload).canResume) watch.released(tab, upload)
        tab.uploader.resume(upload.id)
      }
      return
    case 'continue':
      for (const upload of uploads) goOn(world, tab, upload)
      return
    case 'discard':
      // Also where another tab is at it: that one is told.
      if (file) for (const { wanted } of uploads.length > 0 ? tabs : [tab]) wanted.delete(file)
      for (const { id, fileName } of uploads) {
        watch.stopWanted(fileName)
        discard(world, tab, id)
      }
      return
    case 'dismiss':
      if (file) tab.wanted.delete(file)
      for (const { id, state } of uploads) {
        if (state.status === 'completed') tab.uploader.dismiss(id)
      }
  }
}

async function reopen(world: World) {
  const tab = createTab(world, world.tabs.length)
  world.tabs.push(tab)
  await tab.uploader.start()
  for (const upload of tab.uploader.snapshots()) goOn(world, tab, upload)
}

/** Goes on with an upload; where the file is not at hand, the person picks it again. */
function goOn({ disk, watch }: World, tab: Tab, upload: UploadSnapshot) {
  const { id, fileName, hasFile } = upload
  const file = disk.find(({ name }) => name === fileName)
  const { canResume, canContinue } = actionsFor(upload)
  if (hasFile) {
    if (canResume) watch.released(tab, upload)
    tab.uploader.resume(id)
  } else if (file && !file.isDeleted) {
    if (canContinue) watch.released(tab, upload)
    void tab.uploader.continueWith(id, pick(file))
  }
}

function discard(world: World, tab: Tab, id: string) {
  let isGivenBack = false
  // What was found for the file, and not proven to be of it, stays: then only the file itself is discarded, under another id.
  const stop = tab.uploader.subscribe((event) => {
    if (event.type === 'removed' && event.id === id && event.replacedBy) isGivenBack = true
  })
  void tab.uploader.discard(id).then(() => {
    stop()
    if (tab.isDead || isGivenBack || tab.uploader.snapshot(id)) return
    if (world.server.kept.has(id) && !world.server.strays.has(id)) world.watch.broken('Discard', `${id} is discarded, and the server still has it`)
    world.watch.discarded(tab, id)
  })
}
