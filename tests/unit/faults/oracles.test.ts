import type { Evidence, Limits, Sighting } from '~/tests/faults/oracles/evidence'
import { describe, expect, it } from 'vitest'
import { judge } from '~/tests/faults/oracles/judge'
import type { JournalEntry } from '~/tests/proxy'
import recorded from './recorded.json'

/** A real story of 12 parts, in which the answer to `complete` was lost three times, as `LADING_RECORD=path` writes it; the keys are made up. */
const { evidence, limits } = recorded as unknown as { evidence: Evidence, limits: Limits }

const [object = { key: '', sha256: '', bytes: 0 }] = evidence.objects
const [first = {} as Sighting] = evidence.sightings
const last = evidence.sightings.at(-1) ?? first
const puts = evidence.toStore.filter(({ operation, status }) => operation === 'UploadPart' && status === 200)
const [put = {} as JournalEntry] = puts

const breachesOf = (changes: Partial<Evidence>) => judge({ ...evidence, ...changes }, limits).map((breach) => breach.slice(0, 2))
const shownLast = (changes: Partial<Sighting>): Partial<Evidence> => ({ sightings: [...evidence.sightings, { ...last, ...changes }] })
const hex = (character: string) => character.repeat(64)

it('what went well is called so', () => {
  expect(evidence.sightings.length).toBeGreaterThan(3)
  expect(puts.length).toBe(12)
  expect(judge(evidence, limits)).toEqual([])
})

describe.each<[string, string, Partial<Evidence>]>([
  ['O1', 'there is no object', { objects: [] }],
  ['O1', 'the object holds other bytes', { objects: [{ ...object, sha256: hex('0') }] }],
  ['O1', 'the object is too short', { objects: [{ ...object, bytes: object.bytes - 1 }] }],
  ['O1', 'the object is another file that was selected', { selected: [...evidence.selected, { name: 'other', sha256: hex('1'), bytes: 5 }], objects: [{ ...object, sha256: hex('1'), bytes: 5 }] }],
  ['O1', 'the receipt tells another digest', shownLast({ sha256: hex('2') })],
  ['O2', 'it has failed, and no code is shown', shownLast({ status: 'failed', code: undefined, advice: 'Try again' })],
  ['O2', 'it has failed, and nobody says what to do', shownLast({ status: 'failed', code: 'store_config', advice: '' })],
  ['O2', 'it waits, and nobody says for what', shownLast({ status: 'waiting', reason: undefined })],
  ['O2', 'it is in no state that there is', shownLast({ status: '' })],
  ['O3', 'it says "uploading" to the end, and nothing moves', {
    sightings: [...evidence.sightings, { ...last, status: 'uploading' }], endedAtMs: last.atMs + limits.silentMs + 1,
  }],
  ['O3', 'it says "uploading" too long between two changes', {
    sightings: [{ ...first, id: 'slow', status: 'uploading', atMs: 0 }, { ...first, id: 'slow', status: 'completed', atMs: limits.silentMs + 1 }, ...evidence.sightings],
    objects: [object, { ...object, key: 'data/owner/slow' }],
  }],
  ['O4', 'all parts are sent once more', { toStore: [...evidence.toStore, ...puts.map((entry) => ({ ...entry, startMs: entry.startMs + 9_000 }))] }],
  ['O5', 'a multipart upload is open after success', { openKeys: [object.key] }],
  ['O5', 'a multipart upload is open that no page has shown', { openKeys: ['data/owner/unknown'] }],
  ['O5', 'a multipart upload is open after a discard', { ...shownLast({ id: 'discarded', status: 'gone' }), openKeys: ['data/owner/discarded'] }],
  ['O5', 'one unfinished upload has two of them', { ...shownLast({ id: 'paused', status: 'paused' }), openKeys: ['data/owner/paused', 'data/owner/paused'] }],
  ['O6', 'one part is tried without a pause', { toStore: [...evidence.toStore, ...failing(21, (index) => ({ startMs: index, endMs: index }))] }],
  ['O6', 'many parts are tried at once', { toStore: [...evidence.toStore, ...failing(101, (index) => ({ partNumber: 1000 + index, startMs: index, endMs: index }))] }],
  ['O6', 'a call to the server is made without a pause', { toServer: [...evidence.toServer, ...failing(21, (index) => ({ operation: 'sign', startMs: index, endMs: index }))] }],
  ['O6', 'all retries come after the very same pause', { toStore: [...evidence.toStore, ...failing(12, (index) => ({ startMs: index * 500, endMs: index * 500 + 100 }))] }],
  ['O7', 'the log holds a signature', { texts: { log: `PUT /x?X-Amz-Signature=${hex('a')}` } }],
  ['O7', 'the console holds the secret key', { texts: { console: `It is ${limits.settings.NUXT_S3_SECRET_ACCESS_KEY}.` } }],
  ['O7', 'IndexedDB holds a cookie', { texts: { IndexedDB: 'cookie: Fe26.2**abc' } }],
])('%s', (oracle, what, changes) => {
  it(`notices that ${what}`, () => {
    expect(breachesOf(changes)).toContain(oracle)
  })
})

it('an open multipart upload is as it should be while its upload is unfinished', () => {
  expect(breachesOf({ ...shownLast({ id: 'paused', status: 'paused' }), openKeys: ['data/owner/paused'] })).toEqual([])
})

it('a part that a fault struck may be sent again', () => {
  const struck = puts.map((entry) => ({ ...entry, acted: ['reset (answer)'] }))
  expect(breachesOf({ toStore: [...struck, ...puts] })).toEqual([])
})

/** Refused tries of one thing. */
function failing(count: number, changesOf: (index: number) => Partial<JournalEntry>): JournalEntry[] {
  return Array.from({ length: count }, (_, index) => ({ ...put, partNumber: 900, acted: ['503 SlowDown'], status: 503, upstreamStatus: undefined, ...changesOf(index) }))
}
