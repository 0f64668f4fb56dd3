import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Linux counts CPU time in these, on all machines that it runs on. */
const ticksPerSecond = 100

/** Memory of a process that is in RAM, what it shares with others included; 0 for one that has ended. */
export function residentBytes(pid: number): number {
  if (!existsSync('/proc/self/status')) return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024
  return fieldOf(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m) * 1024
}

/** What a process has read with system calls, from files and pipes, cached or not; 0 for one that has ended. Linux only. */
export function readBytes(pid: number): number {
  return fieldOf(`/proc/${pid}/io`, /^rchar: (\d+)$/m)
}

function fieldOf(path: string, pattern: RegExp, otherwise = 0): number {
  try {
    return Number(pattern.exec(readFileSync(path, 'utf8'))?.[1] ?? otherwise)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return otherwise
    throw error
  }
}

/** Of all threads of a process, since it began; 0 for one that has ended. Linux only. */
export function cpuSecondsOfPid(pid: number): number {
  const clockTicks = fieldOf(`/proc/${pid}/stat`, /^.*\) \S (?:\S+ ){10}(\d+) \d+ /s) + fieldOf(`/proc/${pid}/stat`, /^.*\) \S (?:\S+ ){11}(\d+) /s)
  return clockTicks / ticksPerSecond
}

/** How long a core has been at work since the machine began, for whomever. Linux only. */
export function cpuSecondsOfCore(core: number): number {
  // user, nice, system, idle, iowait, irq, softirq; what a guest takes is in the first two.
  const ticks = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number)
  if (!ticks) throw new Error(`There is no core ${core}`)
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0] = ticks
  return (user + nice + system + interrupts + softInterrupts) / ticksPerSecond
}

/** Of all processes that may run on this core alone, each since it began. Linux only. */
export function cpuSecondsKeptOn(core: number): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && fieldOf(`/proc/${name}/status`, /^Cpus_allowed_list:\s+(\d+)$/m, -1) === core)
    .reduce((sum, name) => sum + cpuSecondsOfPid(Number(name)), 0)
}
