import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LadingError } from '#shared/errors'
import { concurrently } from '#shared/concurrently'
import { dataKey, openKey, partsKey, receiptKey, recordKey } from '~/server/utils/keys'
import type { Lab } from './lab'
import { codeOf, inTime, newFile, newOwner, openLab, putPart, sendParts } from './lab'

let lab: Lab
beforeAll(async () => { lab = await openLab() })
afterAll(async () => { await lab.close() })

async function opened(fileBytes = lab.partBytes + 5) {
  const owner = newOwner()
  const file = newFile(fileBytes, lab.partBytes)
  await lab.uploads.initiate(owner, file.request)
  return { owner, file, id: file.id }
}

async function completed(owner = newOwner(), fileBytes = 10) {
  const file = newFile(fileBytes, lab.partBytes)
  const answer = await lab.uploads.complete(owner, await sendParts(lab, owner, file), inTime())
  if (answer.state !== 'completed') throw new Error('not completed')
  return { owner, file, id: file.id, receipt: answer.receipt }
}

async function multipartIdOf(owner: string, id: string): Promise<string> {
  const { record } = await lab.context.records.require(owner, id)
  return record.state === 'open' ? record.uploadId : ''
}

describe('sign', () => {
  it('refuses a length, a number or a kind of digest that is not the plan\'s', async () => {
    const { owner, file, id } = await opened()
    const [first, last] = file.parts
    if (!first || !last) throw new Error('no parts')
    for (const part of [{ ...first, bytes: 1 }, { ...last, bytes: lab.partBytes }, { ...last, partNumber: 3 }, { ...first, digest: createHash('sha256').digest('base64') }]) {
      expect(await codeOf(lab.uploads.sign(owner, { id, parts: [part] }))).toBe('invalid_request')
    }
  })

  it('signs for exactly one body, also an empty one', async () => {
    const { owner, file, id } = await opened(0)
    const { parts: [part] } = await lab.uploads.sign(owner, { id, parts: file.parts })
    if (!part) throw new Error('no part')
    expect((await putPart(part, Buffer.from('x'))).ok).toBe(false)
    expect((await putPart(part, Buffer.alloc(0))).ok).toBe(true)
  })

  it('reads one record and asks the store nothing else', async () => {
    const { owner, file, id } = await opened()
    const asked: string[] = []
    const server = lab.serverWith({ gateway: (real) => Object.fromEntries(Object.entries(real).map(([name, call]) => [name, (...values: never[]) => {
      asked.push(name)
      return (call as (...values: never[]) => unknown)(...values)
    }])) })
    await server.uploads.sign(owner, { id, parts: file.parts })
    expect(asked).toEqual(['readJson', 'signParts'])
  })

  it('notes once a day that somebody signed, beside the answer', async () => {
    const { owner, file, id } = await opened()
    const signedAt = async () => (await lab.context.records.require(owner, id)).record
    const sign = async (day: number) => {
      lab.clock.skewMs = day * 24 * 60 * 60 * 1000
      const { parts } = await lab.uploads.sign(owner, { id, parts: file.parts })
      await lab.asidesDone()
      return parts
    }
    try {
      await sign(0.9)
      expect(await signedAt()).not.toHaveProperty('signedAt')
      await sign(1.1)
      const noted = await signedAt()
      expect(noted).toMatchObject({ state: 'open', signedAt: expect.any(Number) })
      await sign(2)
      expect(await signedAt()).toEqual(noted)
      await sign(2.2)
      expect(await signedAt()).not.toEqual(noted)
      // A store that takes no write is in nobody's way.
      const server = lab.serverWith({ gateway: () => ({ writeJson: async () => await new Promise(() => {}) }) })
      lab.clock.skewMs *= 2
      expect((await server.uploads.sign(owner, { id, parts: file.parts })).parts).toHaveLength(2)
    } finally {
      lab.clock.skewMs = 0
    }
  })

  it('takes no parts for a completed upload', async () => {
    const { owner, file, id } = await completed()
    expect(await codeOf(lab.uploads.sign(owner, { id, parts: file.parts }))).toBe('upload_gone')
  })
})

describe('status', () => {
  it('lists what the store holds', async () => {
    const { owner, file, id } = await opened()
    expect(await lab.uploads.status(owner, { id })).toMatchObject({ state: 'open', partBytes: lab.partBytes, parts: [] })
    await sendParts(lab, owner, file)
    const md5 = (index: number) => createHash('md5').update(file.slices[index] ?? '').digest('hex')
    expect(await lab.uploads.status(owner, { id })).toMatchObject({
      state: 'open',
      parts: [{ partNumber: 1, bytes: lab.partBytes, etag: md5(0) }, { partNumber: 2, bytes: 5, etag: md5(1) }],
    })
  })

  it('lists more parts than one page holds', async () => {
    const key = dataKey(newOwner(), newFile(1, 1).id)
    const uploadId = await lab.gateway.createMultipart(key, { contentType: 'text/plain', contentDisposition: 'attachment', token: '0'.repeat(32), digestAlgorithm: 'md5' })
    const digest = createHash('md5').update('x').digest('base64')
    const numbers = Array.from({ length: 1_003 }, (_, index) => index + 1)
    const signed = await lab.gateway.signParts(key, uploadId, 'md5', numbers.map((partNumber) => ({ partNumber, bytes: 1, digest })))
    await concurrently(signed, 8, (part) => putPart(part, Buffer.from('x')))
    expect((await lab.gateway.listParts(key, uploadId))?.map(({ partNumber }) => partNumber)).toEqual(numbers)
    await lab.gateway.abortMultipart(key, uploadId)
    expect(await lab.gateway.listParts(key, uploadId)).toBeUndefined()
  }, 60_000)

  it('finishes an upload whose completion went unnoticed', async () => {
    const owner = newOwner()
    const file = newFile(10, lab.partBytes)
    const request = await sendParts(lab, owner, file)
    const dying = lab.serverWith({ gateway: () => ({ head: async () => { throw new LadingError('store_unavailable', 'down') } }) })
    expect(await codeOf(dying.uploads.complete(owner, request, inTime()))).toBe('store_unavailable')
    const record = (await lab.context.records.require(owner, file.id)).record
    if (record.state === 'open') await lab.gateway.completeMultipart(dataKey(owner, file.id), record.uploadId, request.parts, inTime())
    expect(await lab.uploads.status(owner, request)).toMatchObject({ state: 'completed', receipt: { id: file.id, etag: expect.stringMatching(/-1$/) } })
    expect(await lab.uploads.pending(owner)).toEqual({ uploads: [] })
  })
})

describe('pending', () => {
  it('lists the unfinished uploads and repairs the markers', async () => {
    const { owner, file } = await opened()
    const done = await completed(owner)
    await lab.gateway.putMarker(openKey(owner, done.file.request))
    const orphan = { id: newFile(1, 1).id, fileBytes: 1 }
    await lab.gateway.putMarker(openKey(owner, orphan))
    const { uploads } = await lab.uploads.pending(owner)
    expect(uploads).toMatchObject([{ id: file.id, fileName: 'file.bin', fileBytes: file.content.length }])
    expect(await lab.keys(`open/${owner}/`)).toEqual([openKey(owner, file.request)])
  })
})

describe('abort', () => {
  it('leaves nothing, and can be repeated', async () => {
    const { owner, file, id } = await opened()
    await sendParts(lab, owner, file)
    await lab.uploads.abort(owner, { id })
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
    await lab.uploads.abort(owner, { id })
    expect(await codeOf(lab.uploads.status(owner, { id }))).toBe('not_found')
  })

  it('takes strays under the same key along, and only those', async () => {
    const { owner, id } = await opened()
    const other = await opened()
    await lab.gateway.createMultipart(dataKey(owner, id), { contentType: 'text/plain', contentDisposition: 'attachment', token: '0'.repeat(32), digestAlgorithm: 'md5' })
    await lab.uploads.abort(owner, { id })
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
    expect((await lab.traces(other.owner)).multiparts).toHaveLength(1)
  })

  it('does not touch a completed file', async () => {
    const { owner, file, id } = await completed()
    await lab.uploads.abort(owner, { id })
    expect(await lab.read(dataKey(owner, id))).toEqual(file.content)
  })

  it('keeps the file, and says so, when completing was quicker', async () => {
    const owner = newOwner()
    const file = newFile(10, lab.partBytes)
    const request = await sendParts(lab, owner, file)
    const { uploads } = lab.serverWith({ gateway: (real) => ({ abortMultipart: async (key, uploadId) => {
      await real.completeMultipart(key, uploadId, request.parts, inTime())
      await real.abortMultipart(key, uploadId)
    } }) })
    expect(await codeOf(uploads.abort(owner, request))).toBe('object_conflict')
    expect(await lab.uploads.status(owner, request)).toMatchObject({ state: 'completed' })
    expect((await lab.files.list(owner)).files).toHaveLength(1)
  })

  it('during initiate leaves nothing either', async () => {
    const owner = newOwner()
    const file = newFile(10, lab.partBytes)
    const { uploads } = lab.serverWith({ gateway: (real) => ({ createMultipart: async (...call) => {
      const uploadId = await real.createMultipart(...call)
      await lab.uploads.abort(owner, file)
      return uploadId
    } }) })
    expect(await codeOf(uploads.initiate(owner, file.request))).toBe('upload_gone')
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
  })

  it('goes on where a crash left it', async () => {
    const { owner, id } = await opened()
    const dying = lab.serverWith({ gateway: () => ({ listMultiparts: async () => { throw new LadingError('store_unavailable', 'down') } }) })
    expect(await codeOf(dying.uploads.abort(owner, { id }))).toBe('store_unavailable')
    expect(await lab.uploads.status(owner, { id })).toEqual({ state: 'gone', id })
    await lab.uploads.abort(owner, { id })
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
  })
})

describe('files', () => {
  it('lists newest first, page by page', async () => {
    const owner = newOwner()
    const { receipt } = await completed(owner)
    const receipts = Array.from({ length: 60 }, (_, index) => ({ ...receipt, id: newFile(1, 1).id, completedAt: 1_700_000_000_000 + index * 1000 }))
    await Promise.all(receipts.map(async (one) => {
      await lab.gateway.writeJson(receiptKey(owner, one.id), one, { ifAbsent: true })
      await lab.gateway.putMarker(`done/${owner}/${9_999_999_999_999 - one.completedAt}-${one.id}~${one.fileBytes}`)
    }))
    const first = await lab.files.list(owner)
    const second = await lab.files.list(owner, first.nextCursor)
    expect(first.files).toHaveLength(50)
    expect([...first.files, ...second.files].map(({ id }) => id)).toEqual([receipt.id, ...receipts.reverse().map(({ id }) => id)])
    expect(second.nextCursor).toBeUndefined()
    expect(await codeOf(lab.files.list(owner, '../../x'))).toBe('invalid_request')
  })

  it('repairs a missing receipt from the record and drops a marker without one', async () => {
    const { owner, id, receipt } = await completed()
    await lab.remove(receiptKey(owner, id))
    expect(await lab.files.list(owner)).toEqual({ files: [receipt] })
    expect(await lab.keys(receiptKey(owner, id))).toHaveLength(1)
    await lab.remove(receiptKey(owner, id))
    await lab.remove(recordKey(owner, id))
    expect(await lab.files.list(owner)).toEqual({ files: [] })
    expect(await lab.keys(`done/${owner}/`)).toEqual([])
  })

  it('gives the file as an attachment under its own name, in pieces if asked', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    file.request.fileName = 'Grüße "😀".html'
    file.request.contentType = 'text/html'
    await lab.uploads.complete(owner, await sendParts(lab, owner, file), inTime())
    const { url, validForMs } = await lab.files.download(owner, file.id)
    expect(validForMs).toBeLessThanOrEqual(300_000)
    const answer = await fetch(url, { headers: { range: 'bytes=10-19' } })
    expect(answer.status).toBe(206)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(file.content.subarray(10, 20))
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    const exact = /filename\*=UTF-8''(\S+)$/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? ''
    expect(decodeURIComponent(exact)).toBe('Grüße "😀".html')
  })

  it('says how long the object is now, whatever it was', async () => {
    const { owner, id } = await completed()
    expect(await lab.files.download(owner, id)).toMatchObject({ storedBytes: 10 })
    await lab.put(dataKey(owner, id), 'other')
    expect(await lab.files.download(owner, id)).toMatchObject({ storedBytes: 5 })
  })

  it('knows what every part was proven with, apart from the lists', async () => {
    const { owner, file, id } = await completed(newOwner(), 2 * lab.partBytes + 5)
    expect(await lab.files.parts(owner, id)).toEqual({ digests: file.parts.map(({ digest }) => digest) })
    expect(JSON.stringify(await lab.files.list(owner))).not.toContain(file.parts[1]?.digest)
  })

  it('knows it also where somebody else than the sender found the upload completed', async () => {
    const owner = newOwner()
    const file = newFile(lab.partBytes + 5, lab.partBytes)
    const request = await sendParts(lab, owner, file)
    const dying = lab.serverWith({ gateway: (real) => ({ head: async () => {
      if (await real.listParts(dataKey(owner, file.id), await multipartIdOf(owner, file.id))) return undefined
      throw new LadingError('store_unavailable', 'down')
    } }) })
    expect(await codeOf(dying.uploads.complete(owner, request, inTime()))).toBe('store_unavailable')
    expect(await lab.uploads.status(owner, request)).toMatchObject({ state: 'completed' })
    expect(await lab.files.parts(owner, file.id)).toEqual({ digests: file.parts.map(({ digest }) => digest) })
  })

  it('keeps nothing more for a single part, and has nothing to say of files from before', async () => {
    const { owner, id } = await completed()
    expect(await lab.keys(`parts/${owner}/`)).toEqual([])
    expect(await lab.files.parts(owner, id)).toEqual({})
    const large = await completed(owner, lab.partBytes + 5)
    await lab.remove(partsKey(owner, large.id))
    expect(await lab.files.parts(owner, large.id)).toEqual({})
  })

  it('deletes a file with all its traces', async () => {
    const { owner, id } = await completed(newOwner(), lab.partBytes + 5)
    expect(await lab.keys(`parts/${owner}/`)).toHaveLength(1)
    await lab.files.remove(owner, id)
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
    expect(await codeOf(lab.files.remove(owner, id))).toBe('not_found')
  })

  it('neither gives nor deletes what is not completed', async () => {
    const { owner, id } = await opened()
    expect(await codeOf(lab.files.download(owner, id))).toBe('not_found')
    expect(await codeOf(lab.files.parts(owner, id))).toBe('not_found')
    expect(await codeOf(lab.files.remove(owner, id))).toBe('not_found')
  })
})
