import type { JournalLine } from '~/tests/e2e/support/store'

/** A call of the API about one upload. Times are milliseconds since 1970. */
export interface TimedCall {
  id: string
  start: number
  end: number
}

/**
 * How much of each call the store was at work for it, in milliseconds: what its journal has of this upload meanwhile, each moment once
 * however many requests were under way. An upload's calls follow each other, so none takes another's; lists name no upload and are left out.
 */
export function storeShares(calls: readonly TimedCall[], journal: readonly JournalLine[]): number[] {
  const spansOf = new Map<string, JournalLine[]>()
  for (const line of journal) {
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(line.key ?? '')?.[0]
    if (id === undefined || line.operation === 'UploadPart') continue
    const spans = spansOf.get(id) ?? []
    spans.push(line)
    spansOf.set(id, spans)
  }
  for (const spans of spansOf.values()) spans.sort((one, other) => one.start - other.start)
  return calls.map(({ id, start, end }) => unionMs(spansOf.get(id) ?? [], start, end))
}

/** How long at least one of them went on between two times. `spans` are in the order of their starts. */
function unionMs(spans: readonly JournalLine[], from: number, to: number): number {
  let sumMs = 0
  let coveredTo = from
  for (const { start, end } of spans) {
    const begin = Math.max(start, coveredTo)
    const stop = Math.min(end, to)
    if (stop <= begin) continue
    sumMs += stop - begin
    coveredTo = stop
  }
  return sumMs
}
