import type { DigestAlgorithm } from '#shared/digest'
import type { TaskName, Tasks, WorkerAnswer, WorkerRequest } from './protocol'
import type { ObjectHash } from './objectHash'
import type { WholeHash } from './wholeHash'
import { hexToBase64 } from '#shared/digest'
import { LadingError, toLadingError } from '#shared/errors'
import { compositeDigest, fingerprint, warmUp, withHasher } from './digests'
import { createObjectHash } from './objectHash'
import { readBlob } from './readBlob'
import { createTurns } from './turns'
import { createWholeHash } from './wholeHash'

interface OpenedFile {
  content: Blob
  algorithm: DigestAlgorithm
  whole: WholeHash
}

interface Range {
  start: number
  end: number
}

type Handlers = { [Name in TaskName]: (ask: Tasks[Name]['ask'], signal: AbortSignal) => Promise<Tasks[Name]['answer']> }

/**
 * Reads at a time, each with two hashers at most. More make nothing quicker, and with thousands of files the first one
 * would wait for all others.
 */
const readsAtOnce = 4
const inTurn = createTurns(readsAtOnce)

const files = new Map<number, OpenedFile>()
const objects = new Map<number, ObjectHash>()
const running = new Map<number, AbortController>()

function fileOf(id: number): OpenedFile {
  const file = files.get(id)
  if (!file) throw new LadingError('unexpected', 'The file is closed')
  return file
}

function objectOf(id: number): ObjectHash {
  const object = objects.get(id)
  if (!object) throw new LadingError('unexpected', 'The object is closed')
  return object
}

/** Reads a range once; the whole-file hash goes along if it stands at its start. */
async function pass(file: OpenedFile, range: Range, take: (piece: Uint8Array) => void, signal: AbortSignal) {
  const whole = await file.whole.begin(range.start, range.end - range.start)
  try {
    await readBlob(file.content, range, (piece) => {
      take(piece)
      whole?.update(piece)
    }, signal)
    whole?.commit()
  } catch (thrown) {
    whole?.rollBack()
    throw thrown
  }
}

const handlers: Handlers = {
  fingerprint: ({ content }, signal) => inTurn(() => fingerprint(content, signal)),

  async open({ file, content, algorithm }) {
    files.set(file, { content, algorithm, whole: await createWholeHash() })
  },

  digest({ file: id, start, end }, signal) {
    const file = fileOf(id)
    return inTurn(() => withHasher(file.algorithm, async (hasher) => {
      await pass(file, { start, end }, (piece) => hasher.update(piece), signal)
      return { digest: hexToBase64(hasher.digest('hex')), hashedBytes: file.whole.hashedBytes }
    }))
  },

  async hashOn({ file: id, bytes }, signal) {
    const file = fileOf(id)
    await inTurn(async () => {
      const start = file.whole.hashedBytes
      await pass(file, { start, end: Math.min(start + bytes, file.content.size) }, () => {}, signal)
    })
    return { hashedBytes: file.whole.hashedBytes }
  },

  bytes({ file: id, start, end, digest }, signal) {
    const { content, algorithm } = fileOf(id)
    return inTurn(() => withHasher(algorithm, async (hasher) => {
      const bytes = new Uint8Array(end - start)
      let filled = 0
      await readBlob(content, { start, end }, (piece) => {
        bytes.set(piece, filled)
        filled += piece.byteLength
        hasher.update(piece)
      }, signal)
      if (hexToBase64(hasher.digest('hex')) !== digest) throw new LadingError('file_changed', 'The file changed after it was read for signing')
      return bytes.buffer
    }))
  },

  composite: ({ digests, algorithm }) => compositeDigest(digests, algorithm),

  checkpoint: async ({ file }) => await fileOf(file).whole.checkpoint(),

  async restore({ file, checkpoint }) {
    const { whole } = fileOf(file)
    await whole.restore(checkpoint)
    return { hashedBytes: whole.hashedBytes }
  },

  sha256: async ({ file }) => fileOf(file).whole.digest(),

  async close({ file }) {
    files.delete(file)
    return undefined
  },

  async openObject({ object, partBytes, algorithm }) {
    objects.set(object, await createObjectHash(partBytes, algorithm))
  },

  async hashObject({ object, bytes }) {
    objectOf(object).update(new Uint8Array(bytes))
  },

  endObject: ({ object }) => objectOf(object).end(),

  async closeObject({ object }) {
    objects.get(object)?.close()
    objects.delete(object)
  },
}

function answer(message: WorkerAnswer) {
  const result = 'result' in message ? message.result : undefined
  postMessage(message, { transfer: result instanceof ArrayBuffer ? [result] : [] })
}

addEventListener('message', async ({ data }: MessageEvent<WorkerRequest>) => {
  if (data.type === 'cancel') return running.get(data.task)?.abort()

  const controller = new AbortController()
  running.set(data.task, controller)
  try {
    const handle = handlers[data.type] as (ask: unknown, signal: AbortSignal) => Promise<Tasks[TaskName]['answer']>
    answer({ task: data.task, result: await handle(data.ask, controller.signal) })
  } catch (thrown) {
    const { code, message } = toLadingError(thrown)
    answer({ task: data.task, error: { code, message } })
  } finally {
    running.delete(data.task)
  }
})

warmUp().catch(() => {
  // Whoever needs a hasher hears of it.
})
