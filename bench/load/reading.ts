import type { TimedCall } from './person'
import { setTimeout as pause } from 'node:timers/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pid as ownPid } from 'node:process'
import { percentile } from '~/bench/figures'
import { watchPeak } from '~/bench/memoryWatch'
import { cpuSecondsKeptOn, cpuSecondsOfCore, cpuSecondsOfPid } from '~/bench/processes'
import type { SiteProcess } from '~/tests/e2e/support/site'

/** What was seen over some seconds with so many at work. Shares of a core are from 0 to 1. */
export interface Reading {
  /** People whose page sends, with the engine. */
  senders: number
  /** People whose calls a stand-in makes. */
  stoodInFor: number
  seconds: number
  calls: number
  /** What those that failed answered. */
  errors: string[]
  signCalls: number
  signMedianMs: number
  signP99Ms: number
  /** As the server's own log has it: from when it begins with a request to when the answer is out. */
  serverSignP99Ms: number
  signedPartsPerSecond: number
  storedPartsPerSecond: number
  serverShare: number
  serverBytes: number
  generatorShare: number
  /** Of generator and store together, which have the other core to themselves. */
  otherCoreShare: number
  /** What else there is on this machine, on the server's core and on the other one. */
  strangersShares: [number, number]
  /** How late the generator's own timers are, 99 of 100. */
  latenessP99Ms: number
}

export interface ReadingOptions extends Pick<Reading, 'senders' | 'stoodInFor' | 'seconds'> {
  site: SiteProcess
  serverCore: number
  otherCore: number
  /** All calls until now; those that end meanwhile are added. */
  calls: readonly TimedCall[]
  storedParts(): number
}

/** The timers that lateness is told by. */
const everyMs = 10

/** Looks on for so long. */
export async function readLoad({ senders, stoodInFor, seconds, site, serverCore, otherCore, calls, storedParts }: ReadingOptions): Promise<Reading> {
  const lateness = monitorEventLoopDelay({ resolution: everyMs })
  const peak = watchPeak(site.pid)
  const [from, storedBefore, logBefore] = [calls.length, storedParts(), site.output().length]
  const cpuSeconds = () => ({
    server: cpuSecondsOfPid(site.pid),
    generator: cpuSecondsOfPid(ownPid),
    kept: cpuSecondsKeptOn(otherCore),
    serverCore: cpuSecondsOfCore(serverCore),
    otherCore: cpuSecondsOfCore(otherCore),
  })
  const before = cpuSeconds()
  const startedAt = performance.now()
  lateness.enable()
  await pause(seconds * 1000)
  lateness.disable()
  const tookSeconds = (performance.now() - startedAt) / 1000
  const after = cpuSeconds()
  const share = (name: keyof typeof before) => (after[name] - before[name]) / tookSeconds

  const made = calls.slice(from)
  const signs = made.filter(({ path }) => path === 'upload/sign')
  const signMs = signs.map(({ ms }) => ms)
  return {
    senders,
    stoodInFor,
    seconds: tookSeconds,
    calls: made.length,
    errors: made.flatMap(({ error }) => error ?? []),
    signCalls: signs.length,
    signMedianMs: percentile(signMs, 0.5),
    signP99Ms: percentile(signMs, 0.99),
    serverSignP99Ms: percentile(signTimesIn(site.output().slice(logBefore)), 0.99),
    signedPartsPerSecond: made.reduce((sum, { parts, path }) => sum + (path === 'upload/complete' ? 0 : parts), 0) / tookSeconds,
    storedPartsPerSecond: (storedParts() - storedBefore) / tookSeconds,
    serverShare: share('server'),
    serverBytes: peak(),
    generatorShare: share('generator'),
    otherCoreShare: share('kept'),
    strangersShares: [Math.max(0, share('serverCore') - share('server')), Math.max(0, share('otherCore') - share('kept'))],
    latenessP99Ms: Math.max(0, lateness.percentile(99) / 1e6 - everyMs),
  }
}

/** How long sign calls took by the server's log, whose lines are JSON. */
function signTimesIn(output: string): number[] {
  return output.split('\n').filter((line) => line.includes('"route":"/api/upload/sign"') && line.endsWith('}')).map((line) => (JSON.parse(line) as { ms: number }).ms)
}
