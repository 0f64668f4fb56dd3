import { residentBytes } from './processes'

export interface MemoryGrowth {
  /** Of the process that grew most. */
  mostBytes: number
  /** Of all of them together, at the moment when that was most. */
  allBytes: number
}

const sampleMs = 50

/** Looks from now on, many times a second, how much a process holds. The answer ends it and tells the most. */
export function watchPeak(pid: number): () => number {
  let mostBytes = 0
  const look = () => {
    mostBytes = Math.max(mostBytes, residentBytes(pid))
  }
  const timer = setInterval(look, sampleMs)
  return () => {
    clearInterval(timer)
    look()
    return mostBytes
  }
}

/** Looks from now on, many times a second, how far these processes are above what they hold now. The answer ends it. */
export function watchMemory(pids: number[]): () => MemoryGrowth {
  const idle = new Map(pids.map((pid) => [pid, residentBytes(pid)]))
  const growth: MemoryGrowth = { mostBytes: 0, allBytes: 0 }

  function look() {
    const above = [...idle].map(([pid, bytes]) => residentBytes(pid) - bytes)
    growth.mostBytes = Math.max(growth.mostBytes, ...above)
    growth.allBytes = Math.max(growth.allBytes, above.reduce((sum, bytes) => sum + bytes, 0))
  }

  const timer = setInterval(look, sampleMs)
  return () => {
    clearInterval(timer)
    look()
    return growth
  }
}
