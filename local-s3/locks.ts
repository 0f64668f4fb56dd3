/** Runs tasks of the same name one after the other. */
export interface Locks {
  run: <T>(name: string, task: () => Promise<T>) => Promise<T>
}

export function createLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>()
  return {
    async run(name, task) {
      const before = tails.get(name) ?? Promise.resolve()
      const mine = before.then(task, task)
      tails.set(name, mine)
      try {
        return await mine
      } finally {
        if (tails.get(name) === mine) tails.delete(name)
      }
    },
  }
}
