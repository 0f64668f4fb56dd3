/**
 * Tasks that stand and fall together: the first that throws stops all others through `signal`, and `settled` throws
 * its error once every one has ended. Nothing that a group started outlives it.
 */
export interface TaskGroup {
  readonly signal: AbortSignal
  run(task: () => Promise<void>): void
  /** Waits for all tasks, also those started meanwhile. */
  settled(): Promise<void>
}

export function createTaskGroup(parent: AbortSignal): TaskGroup {
  const controller = new AbortController()
  const signal = AbortSignal.any([parent, controller.signal])
  const running = new Set<Promise<void>>()

  return {
    signal,

    run(task) {
      const running_ = task().catch((error: unknown) => controller.abort(error)).finally(() => running.delete(running_))
      running.add(running_)
    },

    async settled() {
      while (running.size > 0) await Promise.all(running)
      signal.throwIfAborted()
    },
  }
}
