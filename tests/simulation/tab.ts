import type { BatchedCalls, Clock, Files, OpenFile, Ports, UploadApi, UploadRecords } from '~/uploader/engine/ports'
import type { SourceFile, Uploader } from '~/uploader/engine/types'
import type { HashState } from './digests'
import type { DiskFile } from './disk'
import type { Server } from './server'
import type { World } from './world'
import { LadingError } from '#shared/errors'
import { createUploader } from '~/uploader/engine/uploader'
import { dice } from './dice'
import { compositeDigest, emptyHash, hashOn, longDigest } from './digests'
import { contentOf, digestOf, fingerprintOf, Slice, tokenBytes } from './disk'
import { call, callTogether, put } from './wire'

/** Parts have four tokens, and a quarter of a gigabyte: so each of them is time for a checkpoint of the hash. */
export const partBytes = 4 * tokenBytes

/** How long the disk takes for a token, and the browser's storage for a call, in milliseconds. */
const readMs = 2
const storageMs = 1

/** One tab with its engine. When it dies it does nothing more, and whatever it waited for never comes. */
export interface Tab {
  readonly number: number
  readonly isDead: boolean
  readonly uploader: Uploader
  /** The person's own number of parts in flight. */
  readonly concurrency: number
  /** How many parts may have had a place when that was set, and which have been one too many since then. */
  readonly placesBefore: number
  readonly partsTooMany: Set<string>
  setConcurrency(parts: number): void
  /** What the person added here, and neither discarded nor took off the list. */
  readonly wanted: Set<DiskFile>
  /** Settles only while the tab lives; rejects with the signal's reason as soon as that is aborted. */
  promise<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void, signal?: AbortSignal): Promise<T>
  die(): void
}

export function createTab(world: World, number: number): Tab {
  const { time, story } = world
  let concurrency = story.concurrency
  let placesBefore = 0
  let isDead = false
  let ids = 0
  let draws = 0

  const tab: Tab = {
    number,
    partsTooMany: new Set(),
    get concurrency() {
      return concurrency
    },
    get placesBefore() {
      return placesBefore
    },
    setConcurrency(parts) {
      placesBefore = Math.max(concurrency, placesBefore)
      concurrency = parts
      tab.partsTooMany.clear()
      uploader.configure({ concurrency: parts })
    },
    wanted: new Set(),
    get isDead() {
      return isDead
    },
    get uploader() {
      return uploader
    },

    promise(start, signal) {
      return new Promise((resolve, reject) => {
        if (isDead) return
        if (signal?.aborted) return reject(signal.reason)
        const stop = () => {
          if (!isDead) reject(signal?.reason)
        }
        signal?.addEventListener('abort', stop, { once: true })
        const settled = <V>(settle: (value: V) => void) => (value: V) => {
          if (isDead) return
          signal?.removeEventListener('abort', stop)
          settle(value)
        }
        start(settled(resolve), settled(reject))
      })
    },

    die() {
      isDead = true
      world.locks.releaseAll(tab)
      world.watch.tabDied(tab)
    },
  }

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    tab.promise<undefined>((resolve) => {
      const timer = time.after(ms, () => {
        signal?.removeEventListener('abort', timer.cancel)
        resolve(undefined)
      })
      signal?.addEventListener('abort', timer.cancel, { once: true })
    }, signal)

  const clock: Clock = {
    now: () => 1_700_000_000_000 + time.now + world.wallOffsetMs,
    elapsed: () => time.now,
    sleep,
  }

  const ports: Ports = {
    clock,
    random: () => dice(story.seed, number, draws++),
    newId: () => `upload-${number}-${++ids}`,
    api: createApi(world, tab),
    transport: { preconnect() {}, put: (request) => put(world, tab, request) },
    files: createFiles(world, sleep),
    records: createRecords(world, tab, sleep),
    locks: world.locks.of(tab),
    tabs: world.mail.of(tab),
  }
  const uploader = createUploader(ports, { partBytes, concurrency: story.concurrency })
  world.watch.tabOpened(tab)
  return tab
}

function createApi(world: World, tab: Tab): UploadApi {
  const { server } = world
  return {
    session: (signal) => call(world, tab, 'session', '', () => server.session(), signal),
    initiate: (request, signal) => call(world, tab, 'initiate', request.id, () => server.initiate(request), signal),
    sign: (request, signal) => call(world, tab, 'sign', request.id, () => server.sign(request), signal),
    status: (id, signal) => call(world, tab, 'status', id, () => server.status(id), signal),
    pending: (signal) => call(world, tab, 'pending', '', () => server.pending(), signal),
    complete: (request, signal) => call(world, tab, 'complete', request.id, () => server.complete(request), signal),
    seal: (id, sha256, signal) => call(world, tab, 'seal', id, () => server.seal(id, sha256), signal),
    abort: (id, signal) => call(world, tab, 'abort', id, () => server.abort(id), signal),
    batch: (name, requests) => callTogether(world, tab, name, requests.map((request) => ({ id: request.id, effect: () => effectOf(server, name, request) }))),
  }
}

/** What one upload's share in a batch does at the server. */
function effectOf<Name extends keyof BatchedCalls>(server: Server, name: Name, request: BatchedCalls[Name]['request']): BatchedCalls[Name]['answer'] {
  const effects: { [Call in keyof BatchedCalls]: (asked: BatchedCalls[Call]['request']) => BatchedCalls[Call]['answer'] } = {
    initiate: (asked) => server.initiate(asked),
    sign: (asked) => server.sign(asked),
    complete: (asked) => server.complete(asked),
    seal: ({ id, sha256 }) => server.seal(id, sha256),
    abort({ id }) {
      server.abort(id)
      return { id }
    },
  }
  return effects[name](request)
}

function createFiles(world: World, sleep: Clock['sleep']): Files {
  const { story, watch } = world

  function open(file: SourceFile): OpenFile {
    const content = contentOf(file)
    let hashed = 0
    let state = emptyHash
    let isClosed = false

    async function read(start: number, end: number, signal?: AbortSignal) {
      await sleep(Math.ceil((end - start) / tokenBytes) * readMs, signal)
      if (isClosed) throw new LadingError('unexpected', 'The file is closed')
      return content.read(start, end)
    }

    return {
      get hashedBytes() {
        return hashed
      },
      async digest({ start, end }, signal) {
        const nth = world.count('digest')
        world.reach('digest', nth, 'asked')
        const tokens = await read(start, end, signal)
        if (!world.isCalm && story.faults.some((fault) => fault.op === 'digest' && fault.nth === nth)) {
          watch.noteCause('digest worker failed')
          throw new LadingError('worker_failed', 'The worker is gone')
        }
        if (start === hashed) {
          state = hashOn(state, tokens)
          hashed = end
        }
        return digestOf(tokens, end - start)
      },
      async hashOn(bytes, signal) {
        const start = hashed
        const end = Math.min(file.bytes, start + bytes)
        const tokens = await read(start, end, signal)
        if (start !== hashed) return
        state = hashOn(state, tokens)
        hashed = end
      },
      async body({ start, end }) {
        return new Slice(content, start, end) as unknown as Blob
      },
      compositeDigest: async (digests) => compositeDigest(digests),
      checkpoint: async () => ({ version: '1', hashedBytes: hashed, state: new Uint8Array(Int32Array.from(state).buffer) }),
      async restore(checkpoint) {
        hashed = checkpoint.hashedBytes
        state = [...new Int32Array(checkpoint.state.slice().buffer)] as unknown as HashState
      },
      async sha256() {
        if (hashed !== file.bytes) throw new LadingError('unexpected', 'The hash is not at its end')
        return longDigest(state)
      },
      close() {
        isClosed = true
      },
    }
  }

  return {
    async fingerprint(file, signal) {
      await sleep(readMs, signal)
      return fingerprintOf(contentOf(file).read(0, file.bytes), file.bytes)
    },
    open: (file) => open(file),
    reopen: async () => undefined,
  }
}

/** The browser's storage: what was handed over is written even where the tab dies before it hears of that. */
function createRecords({ records, time, watch, isUnder }: World, tab: Tab, sleep: Clock['sleep']): UploadRecords {
  async function use<T>(work: () => Promise<T>): Promise<T> {
    if (tab.isDead || isUnder('records hang')) return await new Promise<T>(() => {})
    if (isUnder('records broken')) {
      await sleep(storageMs)
      throw new LadingError('storage_unavailable', 'QuotaExceededError')
    }
    let result: Promise<T> | undefined
    time.after(storageMs, () => {
      result = work()
    })
    await sleep(storageMs)
    return await (result ?? work())
  }

  return {
    list: () => use(() => records.list()),
    get: (id) => use(() => records.get(id)),
    put: (record) => use(() => records.put(record)),
    update: (id, changes) => use(() => records.update(id, changes)),
    remove(id) {
      if (isUnder('records hang') || isUnder('records broken')) watch.recordStays(id)
      return use(() => records.remove(id))
    },
    putPart: (part) => use(() => records.putPart(part)),
    storedBytes: (id) => use(() => records.storedBytes(id)),
    goodput: () => use(() => records.goodput()),
    putGoodput: (goodput) => use(() => records.putGoodput(goodput)),
  }
}
