import type { DigestAlgorithm } from '#shared/digest'
import type { BodyKind, Files, OpenFile, PartBody } from '~/uploader/engine/ports'
import type { SourceFile } from '~/uploader/engine/types'
import type { TaskName, Tasks, WorkerAnswer, WorkerRequest } from '~/uploader/worker/protocol'
import { LadingError } from '#shared/errors'
import { reopenFile } from './fileHandles'

/** Reads and hashes files in one worker, started with the first file. */
export function createWorkerFiles(startWorker: () => Worker): Files {
  const tasks = createTasks(startWorker)
  let opened = 0

  return {
    fingerprint: (file, signal) => tasks.run('fingerprint', { content: file.content }, signal),
    open: (file, algorithm, bodies) => openFile(file, algorithm, bodies, opened++),
    reopen: reopenFile,
  }

  function openFile({ content }: SourceFile, algorithm: DigestAlgorithm, bodies: BodyKind, file: number): OpenFile {
    let hashedBytes = 0
    const ready = tasks.run('open', { file, content, algorithm })
    // Whatever is asked of the file first tells of the failure.
    ready.catch(() => {})

    return {
      get hashedBytes() {
        return hashedBytes
      },
      async digest({ start, end }, signal) {
        await ready
        const answer = await tasks.run('digest', { file, start, end }, signal)
        hashedBytes = answer.hashedBytes
        return answer.digest
      },
      async hashOn(bytes, signal) {
        await ready
        hashedBytes = (await tasks.run('hashOn', { file, bytes }, signal)).hashedBytes
      },
      async body({ start, end }, digest, signal): Promise<PartBody> {
        return bodies === 'slice' ? content.slice(start, end) : await tasks.run('bytes', { file, start, end, digest }, signal)
      },
      compositeDigest: (digests) => tasks.run('composite', { digests, algorithm }),
      checkpoint: () => tasks.run('checkpoint', { file }),
      async restore(checkpoint) {
        await ready
        hashedBytes = (await tasks.run('restore', { file, checkpoint })).hashedBytes
      },
      sha256: () => tasks.run('sha256', { file }),
      close: () => void ready.then(() => tasks.run('close', { file })).catch(() => {}),
    }
  }
}

/** Questions to the worker and their answers, matched by number. */
function createTasks(startWorker: () => Worker) {
  const waiting = new Map<number, { resolve(result: unknown): void, reject(error: unknown): void }>()
  let worker: Worker | undefined
  let count = 0

  function start(): Worker {
    const started = startWorker()
    started.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => {
      const task = waiting.get(data.task)
      waiting.delete(data.task)
      if ('error' in data) task?.reject(new LadingError(data.error.code, data.error.message))
      else task?.resolve(data.result)
    })
    started.addEventListener('error', (event) => {
      const error = new LadingError('worker_failed', `The hashing worker failed: ${event.message}`)
      // The next task starts another one: this one may never answer again.
      started.terminate()
      if (worker === started) worker = undefined
      for (const task of waiting.values()) task.reject(error)
      waiting.clear()
    })
    return started
  }

  function run<Name extends TaskName>(type: Name, ask: Tasks[Name]['ask'], signal?: AbortSignal): Promise<Tasks[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      worker ??= start()
      const sendTo = worker
      const task = count++
      const post = (request: WorkerRequest) => sendTo.postMessage(request)
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
      post({ type, task, ask } as WorkerRequest)
    })
  }

  return { run }
}
