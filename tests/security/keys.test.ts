import { beforeAll, describe, expect, it } from 'vitest'
import { newFile } from '~/tests/contract/lab'
import { neverWas } from './support/routes'
import { partBytes, useSecurityWorld } from './support/securityWorld'

const world = useSecurityWorld()
const id = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
/** Every key that the site may ever write: written down here once more, so that a slip in the server's own pattern shows. */
const layout = new RegExp(`^(?:(?:records|receipts)/[0-9a-f]{32}/${id}\\.json|(?:data|prints/[0-9a-f]{32})/[0-9a-f]+/${id}|open/[0-9a-f]{32}/${id}~\\d+|done/[0-9a-f]{32}/\\d{13}-${id}~\\d+)$`)

const hostile = ['../../x', '%2e%2e/x', '..%2fx', '..\\..\\x', 'a?uploadId=1', 'a#b', 'a\u0000b', 'records/x.json', '/etc/passwd', '\uD800', 'a\r\nx-amz-acl: public-read', '~', '.', '..', ' ']

async function expectNothingOutside() {
  const outside = [...await world.store.keys(), ...await world.store.openMultipartKeys()].filter((key) => !layout.test(key))
  expect(outside).toEqual([])
}

describe('a name', () => {
  it.each(hostile)('%j is only shown: it is no part of any key, from the first call to the last', async (fileName) => {
    const file = newFile(10, partBytes)
    const receipt = await world.first.deliver({ ...file, request: { ...file.request, fileName, relativePath: fileName } })
    expect(receipt.id).toBe(file.id)
    await expectNothingOutside()
  })

  it.each([['of 1 MB', 'a'.repeat(1_000_000)], ['that is empty', '']])('%s is refused', async (_what, fileName) => {
    expect((await world.first.call('/api/upload/initiate', { ...newFile(10, partBytes).request, fileName })).status).toBe(400)
  })
})

describe.each([...hostile, 'A'.repeat(36), neverWas.replaceAll('0', 'A'), '', 5, null, [neverWas], { $ne: 1 }])('as an id, %j', (id) => {
  it('is refused wherever one is taken', async () => {
    const { request } = newFile(10, partBytes)
    expect((await world.first.call('/api/upload/initiate', { ...request, id })).status).toBe(400)
    for (const path of ['sign', 'complete', 'seal', 'abort']) expect((await world.first.call(`/api/upload/${path}`, { id })).status).toBe(400)
    const inPath = encodeURIComponent(typeof id === 'string' ? id.toWellFormed() || ' ' : JSON.stringify(id))
    expect((await world.first.call(`/api/upload/status?id=${inPath}`)).status).toBe(400)
    expect((await world.first.call(`/api/files/${inPath}/download`)).status).toBe(404)
    expect((await world.first.call(`/api/files/${inPath}`, undefined, { method: 'DELETE' })).status).toBe(404)
    await expectNothingOutside()
  })
})

it.each(['../records/', 'x', '9999999999999-../../x~1', `%2e%2e/${neverWas}`])('a page of files from %j on is refused', async (cursor) => {
  expect((await world.first.call(`/api/files?cursor=${encodeURIComponent(cursor)}`)).status).toBe(400)
})

describe('nothing about the object is taken after initiate', () => {
  let open: Awaited<ReturnType<typeof world.first.sendParts>>
  const file = newFile(2 * partBytes, partBytes)
  beforeAll(async () => { open = await world.first.sendParts(file) })

  it.each(['key', 'uploadId', 'bucket', 'endpoint', 'size', 'owner', 'token', 'url'])('a field %s is refused by every call, initiate as well', async (field) => {
    await expectRefused(field, { initiate: file.request, ...later() })
  })

  it.each(['fileBytes', 'fileName', 'contentType', 'partBytes', 'fingerprint'])('a field %s is refused by every later call', async (field) => {
    await expectRefused(field, later())
  })

  /** What passes without the field. */
  function later(): Record<string, object> {
    return { sign: { id: open.id, parts: file.parts }, complete: open, seal: { id: open.id, sha256: file.sha256 }, abort: { id: open.id } }
  }

  async function expectRefused(field: string, bodies: Record<string, object>) {
    for (const [call, body] of Object.entries(bodies)) {
      const answer = await world.first.call(`/api/upload/${call}`, { ...body, [field]: 'x' })
      expect(answer.json).toMatchObject({ code: 'invalid_request', message: expect.stringContaining(field) })
      expect(answer.status).toBe(400)
    }
    expect((await world.first.call(`/api/upload/status?id=${open.id}&${field}=x`)).status).toBe(400)
  }

  it('nor inside a part', async () => {
    for (const field of ['key', 'uploadId', 'url', 'headers']) {
      const signed = await world.first.call('/api/upload/sign', { id: open.id, parts: file.parts.map((part) => ({ ...part, [field]: 'x' })) })
      const completed = await world.first.call('/api/upload/complete', { ...open, parts: open.parts.map((part) => ({ ...part, [field]: 'x' })) })
      expect([signed.status, completed.status]).toEqual([400, 400])
    }
  })
})
