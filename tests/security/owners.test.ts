import { describe, expect, it } from 'vitest'
import { newFile } from '~/tests/contract/lab'
import { withoutNumber } from './support/owner'
import { neverWas } from './support/routes'
import { partBytes, useSecurityWorld } from './support/securityWorld'

const world = useSecurityWorld()
const file = () => newFile(2 * partBytes + 5, partBytes)
const digest = '1B2M2Y8AsgTpgAmY7PhCfg=='

/** Every call that names an upload. */
const calls = [
  ['sign', 'POST', () => '/api/upload/sign', (id: string) => ({ id, parts: [{ partNumber: 1, bytes: partBytes, digest }] })],
  ['status', 'GET', (id: string) => `/api/upload/status?id=${id}`, undefined],
  ['complete', 'POST', () => '/api/upload/complete', (id: string) => ({ id, parts: [{ partNumber: 1, etag: 'a'.repeat(32), digest }] })],
  ['seal', 'POST', () => '/api/upload/seal', (id: string) => ({ id, sha256: 'a'.repeat(64) })],
  ['abort', 'POST', () => '/api/upload/abort', (id: string) => ({ id })],
  ['download', 'GET', (id: string) => `/api/files/${id}/download`, undefined],
  ['parts', 'GET', (id: string) => `/api/files/${id}/parts`, undefined],
  ['delete', 'DELETE', (id: string) => `/api/files/${id}`, undefined],
] as const

describe.each(calls)('%s of somebody else\'s', (name, method, path, body) => {
  it('upload and file is answered as for an id that never was, and changes nothing', async () => {
    const { first, second, store } = world
    const open = await first.sendParts(file())
    const done = await first.deliver(file())
    const before = await store.keys()

    const unknown = withoutNumber(await second.call(path(neverWas), body?.(neverWas), { method }))
    // To abort is to have nothing left: it is repeatable, and so it succeeds for an id that never was as well.
    expect(unknown).toMatchObject(name === 'abort' ? { status: 204 } : { status: 404, body: { code: 'not_found' } })
    for (const id of [open.id, done.id]) {
      expect(withoutNumber(await second.call(path(id), body?.(id), { method }))).toEqual(unknown)
    }

    expect(await store.keys()).toEqual(before)
    expect((await first.call(`/api/files/${done.id}/download`)).status).toBe(200)
    expect((await first.call('/api/upload/complete', open)).json).toMatchObject({ state: 'completed' })
  })
})

it('lists show nobody else\'s', async () => {
  await world.first.sendParts(file())
  await world.first.deliver(file())
  expect((await world.second.call('/api/upload/pending')).json).toEqual({ uploads: [] })
  expect((await world.second.call('/api/files')).json).toEqual({ files: [] })
})

it('an id that is somebody else\'s opens an upload of one\'s own beside it', async () => {
  const theirs = file()
  const open = await world.first.sendParts(theirs)
  const mine = { ...file().request, id: theirs.id }
  expect((await world.second.call('/api/upload/initiate', mine)).json).toMatchObject({ state: 'open', id: theirs.id, isNew: true })
  expect((await world.second.call(`/api/upload/status?id=${theirs.id}`)).json).toMatchObject({ state: 'open', parts: [] })
  expect((await world.first.call('/api/upload/complete', open)).json).toMatchObject({ state: 'completed' })
})

it('what somebody else has sent is sent again by who has the same bytes: nobody learns who has them', async () => {
  const open = file()
  const done = file()
  await world.first.open(open)
  await world.first.deliver(done)
  for (const { request, parts } of [open, done]) {
    const id = crypto.randomUUID()
    const answer = await world.second.call('/api/upload/initiate', { ...request, id, parts })
    expect(answer.json).toMatchObject({ state: 'open', id, isNew: true })
    expect((await world.second.call(`/api/upload/status?id=${id}`)).json).toMatchObject({ state: 'open', parts: [] })
  }
})
