import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

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

function fieldOf(path: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(readFileSync(path, 'utf8'))?.[1] ?? 0)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return 0
    throw error
  }
}

/** Of all threads of a process, since it began; 0 for one that has ended. Linux only. */
export function cpuSecondsOfPid(pid: number): number {
  const clockTicks = fieldOf(`/proc/${pid}/stat`, /^.*\) \S (?:\S+ ){10}(\d+) \d+ /s) + fieldOf(`/proc/${pid}/stat`, /^.*\) \S (?:\S+ ){11}(\d+) /s)
  return clockTicks / ticksPerSecond
}
