import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { ApiCall } from '~/bench/apiVisitor'
import { visitApi } from '~/bench/apiVisitor'
import type { Measurement } from '~/bench/figures'
import { showMemory, showMs } from '~/bench/figures'
import { residentBytes } from '~/bench/processes'
import { inBenchWorld } from '~/bench/world'
import type { JournalLine } from '~/tests/e2e/support/store'

const visitors = 200
const partBytes = 1024
const serverCore = '0'
const othersCore = '1'

interface Run {
  calls: ApiCall[]
  errors: string[]
  /** Of each call, without what the store took of it, in milliseconds. */
  ownMs: number[]
  seconds: number
  mostMemory: number
}

/** The API under 200 browsers at once: one instance on one core, everything else on another. Linux, two cores or more. */
export function apiLoad(name: string, title: string, everyMs: number): Measurement {
  return {
    name,
    title,
    async measure({ runs: count }) {
      const runs: Run[] = []
      for (let index = 0; index < count; index++) runs.push(await load(everyMs))
      return {
        figures: [
          { title: 'Calls that failed', values: runs.map(({ errors }) => errors.length), show: String, target: '0' },
          { title: 'Calls a second', values: runs.map(({ calls, seconds }) => calls.length / seconds), show: (rate) => rate.toFixed(0) },
          { title: 'Half of the calls within, without the store', values: runs.map(({ ownMs }) => percentile(ownMs, 0.5)), show: showMs },
          { title: '99 % of the calls within, without the store', values: runs.map(({ ownMs }) => percentile(ownMs, 0.99)), show: showMs, target: '500 ms' },
          { title: '99 % of the calls within, the store included', values: runs.map(({ calls }) => percentile(calls.map(({ start, end }) => end - start), 0.99)), show: showMs },
          { title: 'Most memory of the server', values: runs.map(({ mostMemory }) => mostMemory), show: showMemory, target: '400 MiB' },
        ],
        notes: [
          ...new Set(runs.flatMap(({ errors }) => errors.slice(0, 3))),
          `${visitors} clients, each with an address of its own: session, initiate, 40 signs of four URLs each, three times the status, complete; the 40 parts are sent to the store. The server has core ${serverCore} to itself, clients and store share core ${othersCore}. The store's time is what its journal has of requests about the same upload during the call, overlaps counted once.`,
        ],
      }
    },
  }
}

async function load(everyMs: number): Promise<Run> {
  // What is started from here on inherits it.
  pin(process.pid, othersCore)
  try {
    return await underLoad(everyMs)
  } finally {
    pin(process.pid, `0-${cpus().length - 1}`)
  }
}

async function underLoad(everyMs: number): Promise<Run> {
  return await inBenchWorld(undefined, async ({ store, site }) => {
    pin(site.pid, serverCore)
    const url = site.url.replace('localhost', '127.0.0.1')
    let mostMemory = 0
    const over = new AbortController()
    const watching = watch(over.signal, () => { mostMemory = Math.max(mostMemory, residentBytes(site.pid)) })
    const startedAt = performance.now()
    const ended = await Promise.allSettled(Array.from({ length: visitors }, (_, index) => visitApi({ url, address: `127.0.1.${index + 1}`, partBytes, everyMs })))
    const seconds = (performance.now() - startedAt) / 1000
    over.abort()
    await watching
    const calls = ended.flatMap((end) => end.status === 'fulfilled' ? end.value : [])
    const errors = ended.flatMap((end) => end.status === 'rejected' ? [String(end.reason)] : [])
    return { calls, errors, ownMs: ownTimes(calls, await store.journal()), seconds, mostMemory }
  }, { NUXT_S3_MIN_PART_BYTES: String(partBytes) }, { minPartBytes: partBytes })
}

function pin(pid: number, core: string) {
  execFileSync('taskset', ['-a', '-c', '-p', core, String(pid)], { stdio: 'ignore' })
}

async function watch(signal: AbortSignal, look: () => void) {
  while (!signal.aborted) {
    look()
    await pause(100)
  }
}

/** What is left of each call when the store's requests about the same upload are taken out. Its lists name no key, and stay in. */
function ownTimes(calls: readonly ApiCall[], journal: readonly JournalLine[]): number[] {
  const byId = new Map<string, JournalLine[]>()
  for (const line of journal) {
    const [id] = /[\da-f]{8}-[\da-f-]{27}/.exec(line.key ?? '') ?? []
    if (id === undefined || line.operation === 'UploadPart') continue
    byId.set(id, [...byId.get(id) ?? [], line])
  }
  return calls.map(({ id, start, end }) => end - start - covered(start, end, id === undefined ? [] : byId.get(id) ?? []))
}

/** How much of a span is covered by others, which may overlap. */
function covered(from: number, to: number, spans: readonly JournalLine[]): number {
  let at = from
  let sum = 0
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    const begin = Math.max(start, at)
    const stop = Math.min(end, to)
    if (stop <= begin) continue
    sum += stop - begin
    at = stop
  }
  return sum
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
