import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { CompleteRequest } from '#shared/api'
import type { TestFile } from '~/tests/contract/lab'
import { newFile } from '~/tests/contract/lab'
import { partBytes, useSecurityWorld } from './support/securityWorld'

const world = useSecurityWorld()
const file = () => newFile(3 * partBytes, partBytes)

async function dataKeyOf({ id }: TestFile): Promise<string> {
  return [...await world.store.keys('data/'), ...await world.store.openMultipartKeys()].find((key) => key.endsWith(id)) ?? ''
}

const lies: [string, (parts: CompleteRequest['parts']) => unknown[], RegExp][] = [
  ['without a part', (parts) => parts.slice(1), /2 parts where the plan has 3/],
  ['with a part too many', (parts) => [...parts, { ...parts[2], partNumber: 4 }], /4 parts where the plan has 3/],
  ['with a part twice', ([first, second]) => [first, second, second], /part 3 is not in its place/],
  ['with parts swapped', ([first, second, third]) => [second, first, third], /part 1 is not in its place/],
  ['with ETags swapped', ([first, second, third]) => [{ ...first, etag: second?.etag }, { ...second, etag: first?.etag }, third], /part 1 has another ETag, part 2 has another ETag/],
  ['with another ETag', ([first, second, third]) => [first, { ...second, etag: 'a'.repeat(32) }, third], /part 2 has another ETag/],
  ['with another digest', ([first, second, third]) => [first, second, { ...third, digest: first?.digest }], /part 3 has another digest/],
]

it.each(lies)('a claim %s is refused with what is wrong, there is no object, and the truth still counts', async (_what, lie, wrong) => {
  const sent = file()
  const truth = await world.first.sendParts(sent)
  const answer = await world.first.call('/api/upload/complete', { ...truth, parts: lie(truth.parts) })
  expect(answer.json).toMatchObject({ code: 'parts_mismatch', message: expect.stringMatching(wrong) })
  expect(answer.status).toBe(409)
  expect((await world.store.keys('data/')).filter((key) => key.endsWith(sent.id))).toEqual([])

  expect((await world.first.call('/api/upload/complete', truth)).json).toMatchObject({ state: 'completed' })
  expect(await world.store.readBack(await dataKeyOf(sent))).toEqual({ sha256: sent.sha256, bytes: sent.content.length })
})

describe('a claim that the store does not bear out', () => {
  it('because a part never came, is refused', async () => {
    const sent = file()
    const opened = await world.first.open(sent)
    const parts = sent.parts.map(({ partNumber, digest }) => ({ partNumber, digest, etag: Buffer.from(digest, 'base64').toString('hex') }))
    const answer = await world.first.call('/api/upload/complete', { id: opened.id, parts })
    expect(answer.json).toMatchObject({ code: 'parts_mismatch', message: expect.stringContaining('part 1 is missing at the store') })
    expect(answer.status).toBe(409)
    expect(await world.store.keys('data/')).not.toContain(await dataKeyOf(sent))
  })

  it.each([['of another length', 2, partBytes + 1, /part 2 has another length/], ['beyond the plan', 4, partBytes, /part 4 is not in the plan/]])('because there is a part %s, is refused', async (_what, partNumber, bytes, wrong) => {
    const sent = file()
    const truth = await world.first.sendParts(sent)
    const key = await dataKeyOf(sent)
    await world.store.putPart(key, partNumber, randomBytes(bytes))
    const answer = await world.first.call('/api/upload/complete', truth)
    expect(answer.json).toMatchObject({ code: 'parts_mismatch', message: expect.stringMatching(wrong) })
    expect(answer.status).toBe(409)
    expect(await world.store.keys('data/')).not.toContain(key)
  })
})

it('an object that somebody else laid where the file belongs is neither taken for it nor written over', async () => {
  const sent = file()
  const truth = await world.first.sendParts(sent)
  const key = await dataKeyOf(sent)
  await world.store.put(key, 'not ours')
  const { sha256 } = await world.store.readBack(key)

  const answer = await world.first.call('/api/upload/complete', truth)
  expect(answer.json).toMatchObject({ code: 'object_conflict' })
  expect(answer.status).toBe(409)
  expect(await world.store.readBack(key)).toEqual({ sha256, bytes: 8 })
})
