import type { ObjectHasher } from '~/uploader/engine/verify/ports'
import { createWorkerTasks } from './workerTasks'

/** Hashes in a worker of its own, so that files on their way are not hashed any slower. It lives while there is something to hash. */
export function createObjectHasher(startWorker: () => Worker): ObjectHasher {
  const tasks = createWorkerTasks(startWorker)
  let opened = 0

  return {
    open(partBytes, algorithm) {
      const object = opened++
      const ready = tasks.run('openObject', { object, partBytes, algorithm })
      // Whatever is asked of it first tells of the failure.
      ready.catch(() => {})
      return {
        async update(bytes, signal) {
          await ready
          await tasks.run('hashObject', { object, bytes }, signal, [bytes])
        },
        async end(signal) {
          await ready
          return await tasks.run('endObject', { object }, signal)
        },
        close: () => void ready.then(() => tasks.run('closeObject', { object })).catch(() => {}),
      }
    },
    rest: tasks.end,
  }
}
