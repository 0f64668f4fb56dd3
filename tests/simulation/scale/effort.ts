import { cpuUsage, memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes on the heap that something still holds. */
export function heldBytes(): number {
  collectGarbage()
  return memoryUsage().heapUsed
}

/** CPU time in milliseconds since the one before; collecting garbage on purpose does not count. */
export function createLaps() {
  let last = cpuUsage()
  const laps: number[] = []
  return {
    laps,
    lap() {
      const { user, system } = cpuUsage(last)
      laps.push((user + system) / 1000)
      last = cpuUsage()
    },
    /** Leaves out what was done since the last lap. */
    skip() {
      last = cpuUsage()
    },
  }
}
