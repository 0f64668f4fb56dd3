import type { JournalEntry } from '~/tests/proxy'
import type { Oracle } from './evidence'

/** Failed tries of one thing, and of everything on one line, that fit into a second with times a twentieth of the real ones. */
const mostFailuresASecond = { each: 20, together: 100 }
/** So many retries tell whether their delays were drawn. */
const enoughRetries = 10

const partOf = ({ path, partNumber }: JournalEntry) => `${path} ${partNumber}`
const thingOf = ({ operation, path, partNumber }: JournalEntry) => `${operation} ${path} ${partNumber ?? ''}`
/** What only takes its time is no reason to send anything again. */
const isStrike = (action: string) => !/^(?:throttle|delay)/.test(action)
const isRefused = ({ status = 0 }: JournalEntry) => status >= 500
const hasFailed = ({ status, endMs }: JournalEntry) => endMs !== undefined && (status === undefined || status === 429 || status >= 500)

/** O3: an upload that says it is being sent moves, or says why not. */
export const sendingMoves: Oracle = ({ sightings, endedAtMs }, { silentMs }) => {
  const rows = groupBy(sightings, ({ page, id }) => `${page} ${id}`)
  return [...rows.values()].flatMap((row) => row.flatMap(({ atMs, name, status, reason }, index) => {
    const untilMs = row[index + 1]?.atMs ?? endedAtMs
    if (status !== 'uploading' || reason || untilMs - atMs <= silentMs) return []
    return [`${name} said "uploading" for ${untilMs - atMs} ms without a change or a reason`]
  }))
}

/** O4: what was sent again, other than for a fault that struck this very part, is no more than what was on its way. */
export const littleIsSentAgain: Oracle = ({ toStore }, { partBytes, partsInFlight, interruptions }) => {
  const parts = groupBy(toStore.filter(({ operation }) => operation === 'UploadPart'), partOf)
  let bytes = 0
  for (const tries of parts.values()) {
    for (const [index, again] of tries.entries()) {
      const before = tries[index - 1]
      // A fault struck the try before, or the store itself said no to it.
      const isExcused = before === undefined || before.acted.some(isStrike) || (before.upstreamStatus ?? 200) !== 200
      if (!isExcused) bytes += again.bytesUp
    }
  }
  const allowed = (partsInFlight + 1) * partBytes * Math.max(1, interruptions)
  return bytes > allowed ? [`${bytes} bytes were sent again, ${allowed} may be`] : []
}

/** O6: what fails is tried again after pauses that grow and are drawn, not in a storm. */
export const retriesAreSpaced: Oracle = ({ toStore, toServer }) => [['store', toStore], ['server', toServer]].flatMap(([line, journal]) => {
  const failures = (journal as readonly JournalEntry[]).filter(hasFailed)
  const things = groupBy(failures, thingOf)
  const storms = [...things].flatMap(([thing, tries]) => {
    const most = mostWithinASecond(tries)
    return most > mostFailuresASecond.each ? [`${thing} failed ${most} times within a second`] : []
  })
  const most = mostWithinASecond(failures)
  if (most > mostFailuresASecond.together) storms.push(`${most} requests to the ${line as string} failed within a second`)
  const pauses = pausesBeforeRetries(journal as readonly JournalEntry[])
  const sameMost = Math.max(0, ...[...groupBy(pauses, String).values()].map(({ length }) => length))
  if (pauses.length >= enoughRetries && sameMost > pauses.length / 2) storms.push(`${sameMost} of ${pauses.length} retries at the ${line as string} came after the very same pause`)
  return storms
})

/** Milliseconds from each refusal to the next try of the same thing. */
function pausesBeforeRetries(journal: readonly JournalEntry[]): number[] {
  return [...groupBy(journal, thingOf).values()].flatMap((tries) => tries.flatMap((again, index) => {
    const before = tries[index - 1]
    return before?.endMs !== undefined && isRefused(before) ? [again.startMs - before.endMs] : []
  }))
}

function mostWithinASecond(entries: readonly JournalEntry[]): number {
  const times = entries.map(({ startMs }) => startMs).sort((one, other) => one - other)
  let first = 0
  let most = 0
  for (const [last, atMs] of times.entries()) {
    while (atMs - (times[first] ?? atMs) >= 1000) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

function groupBy<T>(all: readonly T[], nameOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const group = groups.get(nameOf(one))
    if (group) group.push(one)
    else groups.set(nameOf(one), [one])
  }
  return groups
}
