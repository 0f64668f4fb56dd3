import { createHash, randomUUID } from 'node:crypto'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LadingError } from '#shared/errors'
import { MiB, TiB } from '#shared/limits'
import { dataKey, openKey, printKey, recordKey } from '~/server/utils/keys'
import type { Lab } from './lab'
import { codeOf, inTime, newFile, newOwner, openLab, putPart, sendParts } from './lab'

let lab: Lab
beforeAll(async () => { lab = await openLab() })
afterAll(async () => { await lab.close() })

describe('initiate', () => {
  it('opens an upload with a record, two markers and one multipart upload', async () => {
    const owner = newOwner()
    const file = newFile(lab.partBytes + 7, lab.partBytes)
    const answer = await lab.uploads.initiate(owner, file.request)
    expect(answer).toMatchObject({ state: 'open', id: file.id, isNew: true, partBytes: lab.partBytes, parts: [] })
    const traces = await lab.traces(owner)
    expect(traces.multiparts).toHaveLength(1)
    expect(traces.keys.sort()).toEqual([openKey(owner, file.request), printKey(owner, file.request.fingerprint, file.id), recordKey(owner, file.id)])
  })

  it('signs the first parts in the same answer, and each URL takes exactly its bytes', async () => {
    const file = newFile(lab.partBytes * 2, lab.partBytes)
    const answer = await lab.uploads.initiate(newOwner(), { ...file.request, parts: file.parts })
    if (answer.state !== 'open') throw new Error('not open')
    const [first, second] = answer.parts
    const [slice] = file.slices
    if (!first || !second || !slice) throw new Error('no parts')
    expect((await putPart(first, file.slices[1] ?? slice)).ok).toBe(false)
    expect((await putPart(first, slice.subarray(1))).ok).toBe(false)
    expect((await putPart(first, slice)).ok).toBe(true)
    expect(Number(new URL(first.url).searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(900)
  })

  it('signs nothing when the plan is not the wished one', async () => {
    const file = newFile(10, lab.partBytes)
    const parts = file.parts.map((part) => ({ ...part, bytes: 5 }))
    const answer = await lab.uploads.initiate(newOwner(), { ...file.request, partBytes: 5, parts })
    expect(answer).toMatchObject({ partBytes: lab.partBytes, parts: [] })
  })

  it('answers a repeat with the same upload', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    await lab.uploads.initiate(owner, file.request)
    const again = await lab.uploads.initiate(owner, { ...file.request, parts: file.parts })
    expect(again).toMatchObject({ state: 'open', id: file.id, isNew: false, parts: [{ partNumber: 1 }] })
    expect((await lab.traces(owner)).multiparts).toHaveLength(1)
  })

  it.each(Array.from({ length: 8 }, (_, index) => index))('two deliveries of initiate end as one upload with nothing left over (%i)', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    const instances = [lab.serverWith(), lab.serverWith()]
    const answers = await Promise.all(instances.map(({ uploads }) => uploads.initiate(owner, { ...file.request, parts: file.parts })))
    const traces = await lab.traces(owner)
    expect(traces.multiparts).toHaveLength(1)
    expect(traces.keys).toHaveLength(3)
    expect(answers.filter((answer) => answer.state === 'open' && answer.isNew)).toHaveLength(1)
    for (const answer of answers) {
      if (answer.state !== 'open' || !answer.parts[0]) throw new Error('not open')
      expect(new URL(answer.parts[0].url).searchParams.get('uploadId')).toBe(traces.multiparts[0]?.uploadId)
    }
  })

  it('takes over, and clears away, what a delivery left that died before it noted its upload id', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    const dying = lab.serverWith({ gateway: (real) => ({ createMultipart: async (...call) => {
      await real.createMultipart(...call)
      throw new LadingError('store_unavailable', 'the answer is lost')
    } }) })
    expect(await codeOf(dying.uploads.initiate(owner, file.request))).toBe('store_unavailable')
    expect(await lab.uploads.initiate(owner, file.request)).toMatchObject({ state: 'open', isNew: true })
    expect((await lab.traces(owner)).multiparts).toHaveLength(1)
    await sendParts(lab, owner, file)
  })

  it('leaves the winner its upload when a slow delivery wakes up after a take-over', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    let wake = () => {}
    const slow = lab.serverWith({ gateway: (real) => ({ createMultipart: async (...call) => {
      const uploadId = await real.createMultipart(...call)
      await new Promise<void>((resolve) => { wake = resolve })
      return uploadId
    } }) })
    const late = slow.uploads.initiate(owner, file.request)
    while ((await lab.keys(recordKey(owner, file.id))).length === 0);
    expect(await lab.uploads.initiate(owner, file.request)).toMatchObject({ isNew: true })
    wake()
    expect(await late).toMatchObject({ state: 'open', isNew: false })
    const { multiparts } = await lab.traces(owner)
    expect(multiparts).toHaveLength(1)
    await sendParts(lab, owner, file)
  })

  it('offers the open upload of the same file, and not again what proved to be another', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    await lab.uploads.initiate(owner, file.request)
    const id = randomUUID()
    expect(await lab.uploads.initiate(owner, { ...file.request, id })).toMatchObject({ state: 'open', id: file.id, isNew: false, parts: [] })
    expect(await lab.uploads.initiate(owner, { ...file.request, id, otherThan: [file.id] })).toMatchObject({ id, isNew: true })
  })

  it.each([{ fileName: 'twin.bin' }, { relativePath: 'twins' }])('does not offer an open upload of another name: %o', async (other) => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    await lab.uploads.initiate(owner, file.request)
    const id = randomUUID()
    expect(await lab.uploads.initiate(owner, { ...file.request, ...other, id })).toMatchObject({ state: 'open', id, isNew: true })
  })

  it('offers the completed upload of the same file, unless its object is gone', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    await lab.uploads.complete(owner, await sendParts(lab, owner, file), inTime())
    const id = randomUUID()
    expect(await lab.uploads.initiate(owner, { ...file.request, id })).toMatchObject({ state: 'completed', id: file.id })
    await lab.remove(dataKey(owner, file.id))
    expect(await lab.uploads.initiate(owner, { ...file.request, id })).toMatchObject({ state: 'open', id, isNew: true })
  })

  it('does not offer an upload that the store knows no more', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    await lab.uploads.initiate(owner, file.request)
    const { multiparts: [open] } = await lab.traces(owner)
    if (open) await lab.gateway.abortMultipart(open.key, open.uploadId)
    const id = randomUUID()
    expect(await lab.uploads.initiate(owner, { ...file.request, id })).toMatchObject({ id, isNew: true })
  })

  it('tells nobody about another owner\'s file', async () => {
    const file = newFile(100, lab.partBytes)
    const owner = newOwner()
    await lab.uploads.complete(owner, await sendParts(lab, owner, file), inTime())
    expect(await lab.uploads.initiate(newOwner(), { ...file.request, id: randomUUID() })).toMatchObject({ state: 'open', isNew: true })
  })

  it('refuses a file that is too large and opens nothing', async () => {
    const owner = newOwner()
    const file = newFile(1, lab.partBytes)
    const server = lab.serverWith({ limits: { maxFileBytes: MiB } })
    expect(await codeOf(server.uploads.initiate(owner, { ...file.request, fileBytes: MiB + 1 }))).toBe('file_too_large')
    expect(await codeOf(lab.uploads.initiate(owner, { ...file.request, fileBytes: 49 * TiB }))).toBe('file_too_large')
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
  })

  it('opens nothing when the parts that came along do not fit the plan', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    const [part] = file.parts
    if (!part) throw new Error('no part')
    const sha256 = createHash('sha256').digest('base64')
    for (const parts of [[{ ...part, bytes: 99 }], [{ ...part, partNumber: 2 }], [{ ...part, digest: sha256 }]]) {
      expect(await codeOf(lab.uploads.initiate(owner, { ...file.request, parts }))).toBe('invalid_request')
    }
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
  })

  it('refuses an id that belongs to another file', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    await lab.uploads.initiate(owner, file.request)
    expect(await codeOf(lab.uploads.initiate(owner, { ...file.request, fileBytes: 101 }))).toBe('invalid_request')
  })

  it('stores hostile content as a harmless attachment under a generated key', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    file.request.fileName = '../../evil "\r\n😀.html'
    file.request.contentType = 'text/html'
    await lab.uploads.complete(owner, await sendParts(lab, owner, file), inTime())
    const head = await lab.s3.send(new HeadObjectCommand({ Bucket: lab.bucket, Key: dataKey(owner, file.id) }))
    expect(head.ContentType).toBe('application/octet-stream')
    expect(head.ContentDisposition).toMatch(/^attachment; filename="[^"\r\n]+"; filename\*=UTF-8''[^\s"]+$/)
    expect((await lab.traces(owner)).keys.filter((key) => !/^[a-z]+\/[0-9a-f]{32}\/[0-9a-f~/.json-]+$/.test(key))).toEqual([])
  })
})
