import type { Receipt } from '#shared/api'
import type { EngineContext, Journey } from './context'
import type { Entry } from './entry'
import type { OpenFile } from './ports'
import type { SourceFile } from './types'
import { LadingError } from '#shared/errors'
import { assemble, sealReceipt } from './assembling'
import { askStatus, openFile, openUpload } from './opening'
import { sendAndProve } from './pipeline'
import { proveSample, provesReceipt } from './proving'
import { createRetry } from './retry'

/** How often an upload is taken up again in one go after the store turned out to lack something. */
const rounds = 4

/**
 * Brings one file to its end: select, open, prove what is there, send what is missing, assemble, seal. Fresh, resumed
 * and completed files, with one part or ten thousand, all come this way. Whatever ends it early, what is stored stays
 * stored, and travelling again goes on from there.
 *
 * @throws LadingError where only the person can help; the signal's reason where it was stopped.
 */
export async function travel(entry: Entry, file: SourceFile, context: EngineContext, signal: AbortSignal): Promise<void> {
  const { ports, timing, retries } = context
  let lastPhase: 'opening' | 'proving' | 'uploading' | 'assembling' = 'opening'
  const retry = createRetry({
    clock: ports.clock,
    random: ports.random,
    policy: timing,
    retries,
    tryNow: context.tryNow,
    landing: context.landing,
    renewal: context.renewal,
    onWait(reason) {
      const { status } = entry.state
      if (status === 'opening' || status === 'proving' || status === 'uploading' || status === 'assembling') lastPhase = status
      entry.move({ type: 'waiting', reason })
    },
    onPause: (code, waitMs) => entry.note({ type: 'pause', code, waitMs }),
    onRecovered() {
      if (entry.state.status === 'waiting') entry.move({ type: lastPhase })
    },
  })
  const journey: Journey = { entry, context, retry, signal }

  entry.move({ type: 'opening' })
  await retry.run(() => context.session(signal), signal)
  const { open, receipt } = await deliver(journey, file)
  entry.move({ type: 'completed', receipt })
  await context.forget(entry.id)
  await sealReceipt(journey, open, receipt)
}

/** Sends what is missing and answers the receipt. */
async function deliver(journey: Journey, file: SourceFile): Promise<{ open: OpenFile, receipt: Receipt }> {
  const { entry, context } = journey
  const otherThan: string[] = []

  for (let round = 1; ; round++) {
    const askedId = entry.id
    let isKnownGone = false
    try {
      const open = await openFile(journey, file)
      const opened = await openUpload(journey, open, otherThan)
      if (opened.state === 'gone') {
        isKnownGone = true
        throw new LadingError('upload_gone', 'The store holds nothing of this upload any more')
      }
      if (opened.state === 'completed') {
        if (!await provesReceipt(journey, open, opened.receipt)) {
          throw new LadingError('file_mismatch', 'The completed upload holds other bytes than the file')
        }
        entry.isAdopted = false
        entry.wasThereAlready = true
        return { open, receipt: opened.receipt }
      }
      await proveSample(journey, open, opened.ledger)
      entry.isAdopted = false
      await sendAndProve(journey, open, opened)
      if (opened.ledger.count > 1) await assertUnchanged(journey, file)
      return { open, receipt: await assemble(journey, open, opened.ledger) }
    } catch (thrown) {
      if (!(thrown instanceof LadingError) || round === rounds) throw thrown
      if (thrown.code === 'file_mismatch' && entry.id !== askedId) {
        // The server's guess by fingerprint was wrong: this is another file, and gets an upload of its own.
        otherThan.push(entry.id)
        await context.partWays(entry)
      } else if (thrown.code === 'upload_gone') {
        await leaveBehind(journey, isKnownGone)
      } else if (thrown.code !== 'parts_mismatch') {
        throw thrown
      }
      entry.move({ type: 'opening' })
    }
  }
}

/**
 * A part that was edited after it was sent, and the file's time put back, is not read again: together with later ones it
 * would make a file that never was. The samples are read once more, which takes milliseconds.
 */
async function assertUnchanged({ entry, context, signal }: Journey, file: SourceFile): Promise<void> {
  if (await context.ports.files.fingerprint(file, signal) === entry.fingerprint) return
  throw new LadingError('file_changed', 'The file has another fingerprint than when it was begun')
}

/**
 * The store has lost the upload: nothing of it is to be offered again, and the file goes on under another id. The server
 * is asked first, for only the person may take away what is still there.
 */
async function leaveBehind(journey: Journey, isKnownGone: boolean): Promise<void> {
  const { entry: { id }, context, retry, signal } = journey
  if (!isKnownGone && (await askStatus(journey)).state !== 'gone') return
  // From here on the server may know nothing of it: should this be interrupted, that is no discard by anybody.
  journey.entry.partBytes = undefined
  await retry.run(() => context.ports.api.abort(id, signal), signal)
  await context.forget(id)
  // The storage may have taken its time, and the entry have come to its end in another tab meanwhile.
  signal.throwIfAborted()
  await context.startAnew(journey.entry)
}
