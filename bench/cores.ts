import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { pid as ownPid } from 'node:process'

/** Keeps a process on one core, with whatever it starts from now on. Linux only. */
export function pin(pid: number, core: number): void {
  setCores(pid, String(core))
}

/** Runs with this process, and what it starts, on one core; afterwards it may use all that it could before. */
export async function onCore<Result>(core: number, act: () => Promise<Result>): Promise<Result> {
  const all = availableParallelism()
  if (all < 2) throw new Error('Keeping processes apart takes two cores')
  pin(ownPid, core)
  try {
    return await act()
  } finally {
    setCores(ownPid, `0-${all - 1}`)
  }
}

function setCores(pid: number, cores: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)], { stdio: ['ignore', 'ignore', 'inherit'] })
}
