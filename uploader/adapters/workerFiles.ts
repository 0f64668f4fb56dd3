import type { DigestAlgorithm } from '#shared/digest'
import type { BodyKind, Files, OpenFile, PartBody } from '~/uploader/engine/ports'
import type { SourceFile } from '~/uploader/engine/types'
import { reopenFile } from './fileHandles'
import { createWorkerTasks } from './workerTasks'

export interface WorkerFiles extends Files {
  /** Starts the worker ahead of the first file. */
  prepare(): void
}

/** Reads and hashes files in one worker, started with the first file at the latest. */
export function createWorkerFiles(startWorker: () => Worker): WorkerFiles {
  const tasks = createWorkerTasks(startWorker)
  let opened = 0

  return {
    fingerprint: (file, signal) => tasks.run('fingerprint', { content: file.content }, signal),
    open: (file, algorithm, bodies) => openFile(file, algorithm, bodies, opened++),
    reopen: reopenFile,
    prepare: tasks.prepare,
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
