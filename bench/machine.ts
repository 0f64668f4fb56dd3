import { statfs } from 'node:fs/promises'
import { cpus, freemem, loadavg, release, tmpdir, totalmem, type } from 'node:os'
import { version } from 'node:process'
import { GiB } from '#shared/limits'

const memoryFolder = '/dev/shm'

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

/** How busy the machine is with other things, as a share of its cores over the last minute. */
export function busyShare(): number {
  const [lastMinute = 0] = loadavg()
  return lastMinute / cpus().length
}

export function machineFacts(): string {
  const [{ model } = { model: 'unknown' }] = cpus()
  return `${cpus().length} cores (${model.trim()}), ${Math.round(totalmem() / GiB)} GiB of memory, ${type()} ${release()}, Node ${version}`
}
