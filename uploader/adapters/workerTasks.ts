import type { TaskName, Tasks, WorkerAnswer, WorkerRequest } from '~/uploader/worker/protocol'
import { LadingError } from '#shared/errors'

export interface WorkerTasks {
  /** `transfer` names what of the question is given away instead of being copied. Rejects with the signal's reason, or what went wrong. */
  run<Name extends TaskName>(type: Name, ask: Tasks[Name]['ask'], signal?: AbortSignal, transfer?: Transferable[]): Promise<Tasks[Name]['answer']>
  /** Starts the worker, so that the first task need not wait for its script. */
  prepare(): void
  /** Ends the worker, with all that it remembers; the next task starts another one. */
  end(): void
}

/** Questions to a worker and their answers, matched by number. The first one starts it, at the latest. */
export function createWorkerTasks(startWorker: () => Worker): WorkerTasks {
  const waiting = new Map<number, { resolve(result: unknown): void, reject(error: unknown): void }>()
  let worker: Worker | undefined
  let count = 0

  function rejectAll(error: LadingError) {
    for (const task of waiting.values()) task.reject(error)
    waiting.clear()
  }

  function start(): Worker {
    const started = startWorker()
    started.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => {
      const task = waiting.get(data.task)
      waiting.delete(data.task)
      if ('error' in data) task?.reject(new LadingError(data.error.code, data.error.message))
      else task?.resolve(data.result)
    })
    started.addEventListener('error', (event) => {
      // The next task starts another one: this one may never answer again.
      started.terminate()
      if (worker === started) worker = undefined
      rejectAll(new LadingError('worker_failed', `The hashing worker failed: ${event.message}`))
    })
    return started
  }

  function run<Name extends TaskName>(type: Name, ask: Tasks[Name]['ask'], signal?: AbortSignal, transfer: Transferable[] = []): Promise<Tasks[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sendTo = worker ??= start()
      const task = count++
      const post = (request: WorkerRequest, transferred: Transferable[] = []) => sendTo.postMessage(request, transferred)
      const cancel = () => {
        waiting.delete(task)
        post({ type: 'cancel', task })
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', cancel, { once: true })
      waiting.set(task, {
        resolve(result) {
          signal?.removeEventListener('abort', cancel)
          resolve(result as Tasks[Name]['answer'])
        },
        reject(error) {
          signal?.removeEventListener('abort', cancel)
          reject(error)
        },
      })
      post({ type, task, ask } as WorkerRequest, transfer)
    })
  }

  return {
    run,
    prepare() {
      worker ??= start()
    },
    end() {
      worker?.terminate()
      worker = undefined
      rejectAll(new LadingError('worker_failed', 'The hashing worker was ended'))
    },
  }
}
