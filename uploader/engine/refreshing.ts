import type { StatusAnswer } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import type { EngineContext } from './context'
import type { Entry } from './entry'
import type { EntryList } from './entryList'
import type { FindOptions } from './unfinished'
import { concurrently } from '#shared/concurrently'
import { toLadingError } from '#shared/errors'
import { remedyFor } from './remedies'
import { stands } from './state'
import { asksAtOnce, bytesIn } from './unfinished'

export interface RefreshOptions {
  context: EngineContext
  list: EntryList
  listUnfinished(options: FindOptions): Promise<void>
}

/**
 * Makes what asks the server again: what was begun elsewhere joins the list, and what stands still here becomes what it
 * became elsewhere. Entries under way learn that by themselves, and are left alone. Asking while it is asked is one asking.
 */
export function createRefresh({ context, list, listUnfinished }: RefreshOptions): () => Promise<void> {
  let asking: Promise<void> | undefined

  async function ask() {
    try {
      await context.session(new AbortController().signal)
    } catch (thrown) {
      return notice(toLadingError(thrown).code)
    }
    await Promise.all([
      concurrently(list.all().filter(isStanding), asksAtOnce, catchUp),
      listUnfinished({ notice }),
    ])
  }

  /** What passes by itself is no news: all that is shown holds, and is asked about again. */
  function notice(code: ErrorCode) {
    if (remedyFor(code).then === 'stop') context.notice(code)
  }

  async function catchUp(entry: Entry) {
    const { id, done } = entry
    const status = await statusOf(id)
    // The person may have set it going or thrown it away meanwhile, and the answer is of before that.
    const isSame = list.get(id) === entry && entry.done === done && isStanding(entry)
    if (!isSame || status === 'unknown') return
    // With its file at hand it may begin anew: perhaps it was just about to, for the store had lost it. But it may also have
    // been discarded here, with nobody there to say that it is done.
    if (status === 'discarded') return entry.file && !entry.isUnwanted ? lose(entry) : await leave(entry)
    if (status.state === 'completed') return await complete(entry, status)
    if (status.state === 'gone') return lose(entry)
    entry.keptUntil = status.keptUntil
    entry.rememberedBytes = bytesIn(status.parts)
    entry.ledger?.reconcile(status.parts)
    entry.touch()
  }

  async function statusOf(id: string): Promise<StatusAnswer | 'discarded' | 'unknown'> {
    try {
      return await context.ports.api.status(id)
    } catch (thrown) {
      const { code } = toLadingError(thrown)
      if (code === 'not_found') return 'discarded'
      notice(code)
      return 'unknown'
    }
  }

  async function complete(entry: Entry, { receipt }: Extract<StatusAnswer, { state: 'completed' }>) {
    entry.refusal = undefined
    entry.move({ type: 'completedElsewhere', receipt })
    entry.letLedgerGo()
    entry.letFileGo()
    await context.forget(entry.id)
  }

  async function leave(entry: Entry) {
    entry.move({ type: 'discarding' })
    entry.move({ type: 'discarded' })
    entry.letFileGo()
    list.remove(entry)
    await context.forget(entry.id)
  }

  function lose(entry: Entry) {
    entry.startAnew()
    entry.keptUntil = undefined
    // Whatever it had failed with before is of no account now.
    entry.move({ type: 'paused' })
    entry.move({ type: 'failed', code: 'upload_gone' })
    entry.touch()
  }

  return () => asking ??= ask().finally(() => {
    asking = undefined
  })
}

/** Known to the server, and nothing is being done for it here. */
function isStanding(entry: Entry): boolean {
  return stands(entry.state) && !entry.elsewhere && !entry.stop && entry.partBytes !== undefined
}
