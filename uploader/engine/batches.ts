import type { BatchedCalls, Clock, Ports, UploadApi } from './ports'
import { LadingError } from '#shared/errors'
import { batchLimit } from '#shared/limits'
import { createInitiating } from './initiating'
import { remedyFor } from './remedies'

export interface BatchPolicy {
  /**
   * A call waits for company as long as others of its kind follow each other within this time, in milliseconds; longer
   * where many uploads are under way that may still come.
   */
  gatherMs: number
  /** The same after a call that failed, for its callers come back each after a pause of its own, and are to meet again. */
  regatherMs: number
  /** Longest wait for company, in milliseconds: while a batch of its kind is on its way, a call waits for the next one. */
  gatherMostMs: number
  /** For so long an `initiate` that nobody wants any more may still be answered before it is broken off, in milliseconds. */
  lingerMs: number
}

export interface BatchOptions {
  policy: BatchPolicy
  /** How many uploads are under way: once all of them wait in one batch, nobody else can come. */
  underWay(): number
}

type Name = keyof BatchedCalls
type Request<Of extends Name> = BatchedCalls[Of]['request']
type Answer<Of extends Name> = BatchedCalls[Of]['answer']
type Call<Of extends Name> = (request: Request<Of>, signal?: AbortSignal) => Promise<Answer<Of>>

type Together<Of extends Name> = (requests: Request<Of>[]) => Promise<(Answer<Of> | LadingError)[]>

interface Caller<Of extends Name> {
  request: Request<Of>
  signal: AbortSignal | undefined
  resolve(answer: Answer<Of>): void
  reject(reason: unknown): void
}

interface Batch<Of extends Name> {
  callers: Set<Caller<Of>>
  parts: number
  openedAt: number
  lastAt: number
  /** Aborted when nobody waits for company any more. */
  left: AbortController
  isSent: boolean
}

/** So many parts are signed for or listed in one batch: it stays far below the longest body, and answers within a second. */
const mostParts = 8 * batchLimit

/** One is answered while the next is on its way; more would only make the server answer all of them later. */
const mostBatchesAtOnce = 2

/** With so many others under way, nothing lies idle while a batch fills; with fewer, each of so many adds to the patience. */
const manyOthers = 2 * batchLimit
const othersPerGather = 8

/** The store may take minutes to put a larger object together, and the small ones of a batch are not to wait for it. */
const mostPartsToComplete = 8

/**
 * The same calls, but those of a kind that are made about the same time by different uploads go together. Nobody sees
 * it: each caller gets its own answer or failure, and leaves at once when its signal is aborted. A call of an upload
 * that is under way by itself goes at once, as a single call.
 */
export function createBatchedApi(ports: Pick<Ports, 'api' | 'clock'>, options: BatchOptions): UploadApi {
  const gather = <Of extends Name>(name: Of, single: Call<Of>, together: Together<Of> = (requests) => ports.api.batch(name, requests)): Call<Of> =>
    createGatherer(single, together, ports.clock, options)
  const initiating = createInitiating(ports.clock, options.policy)

  const initiate = gather(
    'initiate',
    (request, signal) => initiating.watch([request], (lasting) => ports.api.initiate(request, lasting), signal),
    (requests) => initiating.watch(requests, () => ports.api.batch('initiate', requests)),
  )
  const sign = gather('sign', (request, signal) => ports.api.sign(request, signal))
  const complete = gather('complete', (request, signal) => ports.api.complete(request, signal))
  const seal = gather('seal', ({ id, sha256 }, signal) => ports.api.seal(id, sha256, signal))
  const abort = gather('abort', ({ id }, signal) => ports.api.abort(id, signal).then(() => ({ id })))

  return {
    session: (signal) => ports.api.session(signal),
    status: (id, signal) => ports.api.status(id, signal),
    pending: (signal) => ports.api.pending(signal),
    batch: (name, requests) => ports.api.batch(name, requests),
    initiate,
    sign,
    complete: (request, signal) => (request.parts.length > mostPartsToComplete ? ports.api.complete(request, signal) : complete(request, signal)),
    seal: (id, sha256, signal) => seal({ id, sha256 }, signal),
    async abort(id, signal) {
      await initiating.ended(id, signal)
      await abort({ id }, signal)
    },
  }
}

function createGatherer<Of extends Name>(
  single: Call<Of>,
  together: Together<Of>,
  clock: Clock,
  { policy, underWay }: BatchOptions,
): Call<Of> {
  let open: Batch<Of> | undefined
  let onTheirWay = 0
  let batchesOnTheirWay = 0
  const ready: Batch<Of>[] = []
  /** The last call failed in a way that its callers try again. */
  let isTroubled = false

  function join(caller: Caller<Of>) {
    const parts = partsIn(caller.request)
    if (open && open.parts + parts > mostParts) depart(open)
    const now = clock.elapsed()
    const batch = open ??= { callers: new Set(), parts: 0, openedAt: now, lastAt: now, left: new AbortController(), isSent: false }
    batch.callers.add(caller)
    batch.parts += parts
    batch.lastAt = now
    if (batch.callers.size >= Math.min(batchLimit, underWay())) depart(batch)
    else if (batch.callers.size === 1) waitForCompany(batch)
    return batch
  }

  function waitForCompany(batch: Batch<Of>) {
    if (batch.left.signal.aborted) return
    const mostAt = batch.openedAt + policy.gatherMostMs
    const restMs = (onTheirWay > 0 ? mostAt : Math.min(mostAt, batch.lastAt + gapMs(batch))) - clock.elapsed()
    if (restMs <= 0) return depart(batch)
    clock.sleep(restMs, batch.left.signal).then(() => waitForCompany(batch), () => {
      // It has left before its time was over, which is the only way for this sleep to end early.
    })
  }

  function gapMs(batch: Batch<Of>): number {
    const others = underWay() - batch.callers.size
    if (others >= manyOthers) return Infinity
    return Math.max(policy.gatherMs * Math.max(1, others / othersPerGather), isTroubled ? policy.regatherMs : 0)
  }

  function close(batch: Batch<Of>) {
    if (open === batch) open = undefined
    batch.left.abort()
  }

  function depart(batch: Batch<Of>) {
    close(batch)
    ready.push(batch)
    sendReady()
  }

  /** Only batches wait for each other: each is answered within half a minute, while the store may take its time for a single one. */
  function sendReady() {
    for (let next = ready[0]; next && (next.callers.size <= 1 || batchesOnTheirWay < mostBatchesAtOnce); next = ready[0]) {
      ready.shift()
      next.isSent = true
      void send([...next.callers])
    }
  }

  /** Takes out a caller who has gone; what is on its way already comes back to nobody. */
  function leave(batch: Batch<Of>, caller: Caller<Of>) {
    if (batch.isSent) return
    batch.callers.delete(caller)
    batch.parts -= partsIn(caller.request)
    if (batch.callers.size === 0) close(batch)
  }

  async function send(callers: Caller<Of>[]) {
    const isBatch = callers.length > 1
    onTheirWay++
    if (isBatch) batchesOnTheirWay++
    try {
      const results = await ask(callers)
      isTroubled = results.some(isTrouble)
      callers.forEach(({ resolve, reject }, index) => {
        const result = results[index]
        if (result === undefined) reject(new LadingError('server_unreachable', 'The answer holds too few results'))
        else if (result instanceof LadingError) reject(result)
        else resolve(result)
      })
    } catch (thrown) {
      isTroubled = isTrouble(thrown)
      for (const { reject } of callers) reject(thrown)
    }
    onTheirWay--
    if (isBatch) batchesOnTheirWay--
    sendReady()
    if (open) waitForCompany(open)
  }

  async function ask([first, ...others]: Caller<Of>[]): Promise<(Answer<Of> | LadingError)[]> {
    if (!first) return []
    if (others.length === 0) return [await single(first.request, first.signal)]
    return await together([first, ...others].map(({ request }) => request))
  }

  return (request, signal) => new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      reject(signal?.reason)
      leave(batch, caller)
    }
    const caller: Caller<Of> = {
      request,
      signal,
      resolve(answer) {
        signal?.removeEventListener('abort', stop)
        resolve(answer)
      },
      reject(reason) {
        signal?.removeEventListener('abort', stop)
        reject(reason)
      },
    }
    signal?.addEventListener('abort', stop, { once: true })
    const batch = join(caller)
  })
}

function isTrouble(result: unknown): boolean {
  return result instanceof LadingError && remedyFor(result.code).then === 'retry'
}

function partsIn(request: Request<Name>): number {
  return 'parts' in request && request.parts ? request.parts.length : 1
}
