import type { StoreTerms } from '#shared/api'
import type { Files } from '~/uploader/engine/ports'
import type { PersonOptions } from './person'
import { createHash, randomUUID } from 'node:crypto'
import { createMemoryLocks, createMemoryRecords, makeFile, nodeFiles, until } from '~/tests/unit/engine/world'
import { uploadCalls } from '~/uploader/adapters/api'
import { browserClock } from '~/uploader/adapters/browserClock'
import { isActive, isFinal } from '~/uploader/engine/state'
import { createUploader } from '~/uploader/engine/uploader'
import { createPacedLine } from './pacedLine'
import { partsOfNextFile, sentPartBytes } from './people'
import { createPerson } from './person'

export interface SenderOptions extends PersonOptions {
  onStored(): void
}

export interface Sender {
  /** Files that have arrived, as the server says. */
  readonly completed: number
  /** Stops as a closed page does: at once. */
  stop(): Promise<void>
}

/** Their bytes are all alike, but each has a name of its own, and is opened anew. */
const files: Files = { ...nodeFiles, fingerprint: async ({ name }) => createHash('sha256').update(name).digest('hex') }

/** Somebody whose page sends one file after the other, with the page's own engine. A file that stops with an error ends it: `failed` hears of it. */
export async function createSender({ onStored, ...options }: SenderOptions, failed: (reason: string) => void): Promise<Sender> {
  const { calls } = await createPerson(options)
  const uploader = createUploader({
    clock: browserClock,
    random: Math.random,
    newId: randomUUID,
    api: { ...uploadCalls(calls), session: (signal) => calls.post<StoreTerms>('session', {}, signal) },
    transport: createPacedLine(onStored),
    files,
    records: createMemoryRecords(),
    locks: createMemoryLocks(),
  }, { partBytes: sentPartBytes })
  let completed = 0
  let isStopped = false

  async function sendAll() {
    while (!isStopped) {
      const [id] = uploader.add([makeFile('x'.repeat(partsOfNextFile() * sentPartBytes), randomUUID())])
      const { state } = await until(uploader, (upload) => upload.id === id && !isActive(upload.state) && upload.state.status !== 'queued')
      if (isStopped) return
      if (!isFinal(state)) return failed(`A file is ${state.status}${state.status === 'failed' ? `: ${state.code}` : ''}`)
      completed++
      if (id !== undefined) uploader.dismiss(id)
    }
  }
  void sendAll()

  return {
    get completed() {
      return completed
    },
    async stop() {
      isStopped = true
      await uploader.close()
    },
  }
}
