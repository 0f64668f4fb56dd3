import { statfs } from 'node:fs/promises'
import { cpus, freemem, loadavg, release, tmpdir, totalmem, type } from 'node:os'
import { version } from 'node:process'
import { GiB } from '#shared/limits'

const memoryFolder = '/dev/shm'
/** Half a core: a browser, a store and a server want all the rest. */
const quietLoad = 0.5

/**
 * Puts files, store and profiles into memory where there is room, so that no disk is measured. Answers in words where
 * they are.
 */
export async function chooseFolder(neededBytes: number): Promise<string> {
  const inMemory = await statfs(memoryFolder).then(({ bavail, bsize }) => Math.min(bavail * bsize, freemem()), () => 0)
  if (inMemory < neededBytes) return `on disk (${tmpdir()})`
  process.env.TMPDIR = memoryFolder
  return 'in memory'
}

/** In words, how many processes wanted to run at a time in the last minute; to be asked before anything of ours runs. */
export function describeLoad(): string {
  const [lastMinute = 0] = loadavg()
  const verdict = lastMinute > quietLoad ? ': it was not quiet, so the figures are provisional' : ''
  return `Load in the minute before: ${lastMinute.toFixed(1)}${verdict}.`
}

export function machineFacts(): string {
  const [{ model } = { model: 'unknown' }] = cpus()
  return `${cpus().length} cores (${model.trim()}), ${Math.round(totalmem() / GiB)} GiB of memory, ${type()} ${release()}, Node ${version}`
}

/** Begins to watch all cores; the answer tells which share of their time somebody used since, from 0 to 1. */
export function watchCores(): () => number {
  const before = coreTimes()
  return () => {
    const now = coreTimes()
    return (now.busyMs - before.busyMs) / (now.allMs - before.allMs)
  }
}

function coreTimes(): { busyMs: number, allMs: number } {
  const times = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({ busyMs: user + nice + sys + irq, allMs: user + nice + sys + irq + idle }))
  return { busyMs: sum(times.map(({ busyMs }) => busyMs)), allMs: sum(times.map(({ allMs }) => allMs)) }
}

function sum(values: number[]): number {
  return values.reduce((one, other) => one + other, 0)
}
