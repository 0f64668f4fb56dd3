import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CompleteRequest } from '#shared/api'
import { LadingError } from '#shared/errors'
import { dataKey, doneKey, openKey, receiptKey, recordKey } from '~/server/utils/keys'
import type { Gateway } from '~/server/utils/s3/gateway'
import type { Lab } from './lab'
import { codeOf, inTime, newFile, newOwner, openLab, putPart, sendParts } from './lab'

let lab: Lab
beforeAll(async () => { lab = await openLab() })
afterAll(async () => { await lab.close() })

async function sent(fileBytes = lab.partBytes * 2 + 5) {
  const owner = newOwner()
  const file = newFile(fileBytes, lab.partBytes)
  return { owner, file, request: await sendParts(lab, owner, file) }
}

function without(request: CompleteRequest, partNumber: number): CompleteRequest {
  return { ...request, parts: request.parts.filter((part) => part.partNumber !== partNumber) }
}

const lost = () => new LadingError('store_unavailable', 'the answer is lost')

describe('complete', () => {
  it('has the store hold exactly the file\'s bytes and answers a receipt that says how that is known', async () => {
    const { owner, file, request } = await sent()
    const answer = await lab.uploads.complete(owner, { ...request, sha256: file.sha256 }, inTime())
    if (answer.state !== 'completed') throw new Error('not completed')
    expect(await lab.read(dataKey(owner, file.id))).toEqual(file.content)
    const composite = createHash('md5').update(Buffer.concat(file.parts.map(({ digest }) => Buffer.from(digest, 'base64')))).digest('hex')
    expect(answer.receipt).toMatchObject({ id: file.id, partCount: 3, compositeDigest: `${composite}-3`, etag: `${composite}-3`, sha256: file.sha256, digestAlgorithm: 'md5' })
    const traces = await lab.traces(owner)
    expect(traces.multiparts).toEqual([])
    expect(traces.keys).toContain(doneKey(owner, answer.receipt))
    expect(traces.keys).not.toContain(openKey(owner, file.request))
  })

  it.each([0, 1])('completes a file of %i bytes', async (fileBytes) => {
    const { owner, file, request } = await sent(fileBytes)
    expect(await lab.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
    expect(await lab.read(dataKey(owner, file.id))).toEqual(file.content)
  })

  it('completes with SHA-256 as the digest', async () => {
    const owner = newOwner()
    const file = newFile(lab.partBytes + 5, lab.partBytes, 'sha256')
    const server = lab.serverWith({ digestAlgorithm: 'sha256' })
    const request = await sendParts(server, owner, file)
    const answer = await server.uploads.complete(owner, request, inTime())
    const composite = createHash('sha256').update(Buffer.concat(file.parts.map(({ digest }) => Buffer.from(digest, 'base64')))).digest('hex')
    expect(answer).toMatchObject({ state: 'completed', receipt: { compositeDigest: `${composite}-2`, digestAlgorithm: 'sha256' } })
    expect(await lab.read(dataKey(owner, file.id))).toEqual(file.content)
  })

  it('answers the same receipt when complete is repeated', async () => {
    const { owner, request } = await sent()
    const first = await lab.uploads.complete(owner, request, inTime())
    expect(await lab.uploads.complete(owner, request, inTime())).toEqual(first)
    expect(await lab.uploads.complete(owner, { ...request, sha256: '0'.repeat(64) }, inTime())).toEqual(first)
    expect(await lab.uploads.status(owner, request)).toEqual(first)
  })

  it('answers one receipt to two at the same time', async () => {
    const { owner, request } = await sent()
    const answers = await Promise.all([lab.serverWith(), lab.serverWith()].map(({ uploads }) => uploads.complete(owner, request, inTime())))
    const final = await lab.uploads.complete(owner, request, inTime())
    for (const answer of answers) expect([final, { state: 'assembling', id: request.id, retryAfterMs: 2000 }]).toContainEqual(answer)
    expect(answers).toContainEqual(final)
    expect((await lab.keys(`done/${owner}/`))).toHaveLength(1)
  })

  it('names what is wrong with the parts, completes nothing, and takes the right ones afterwards', async () => {
    const { owner, file, request } = await sent()
    const [first, second, third] = request.parts
    if (!first || !second || !third) throw new Error('no parts')
    const wrong: [CompleteRequest['parts'], RegExp][] = [
      [[first, second], /2 parts/],
      [[first, second, third, { ...third, partNumber: 4 }], /4 parts.*part 4/],
      [[second, first, third], /part 1 is not in its place/],
      [[first, { ...second, etag: third.etag }, third], /part 2 has another ETag/],
      [[first, second, { ...third, digest: first.digest }], /part 3 has another digest/],
    ]
    for (const [parts, message] of wrong) {
      const failure = lab.uploads.complete(owner, { ...request, parts }, inTime())
      await expect(failure).rejects.toMatchObject({ code: 'parts_mismatch', message: expect.stringMatching(message) })
    }
    expect(await lab.keys(dataKey(owner, file.id))).toEqual([])
    expect(await lab.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
  })

  it('refuses to complete while the store misses a part', async () => {
    const owner = newOwner()
    const file = newFile(lab.partBytes * 2, lab.partBytes)
    const opened = await lab.uploads.initiate(owner, { ...file.request, parts: file.parts })
    if (opened.state !== 'open' || !opened.parts[0]) throw new Error('not open')
    const answer = await putPart(opened.parts[0], file.slices[0] ?? Buffer.alloc(0))
    const etag = answer.headers.get('etag') ?? ''
    const parts = file.parts.map(({ partNumber, digest }) => ({ partNumber, digest, etag }))
    await expect(lab.uploads.complete(owner, { id: file.id, parts }, inTime())).rejects.toMatchObject({ code: 'parts_mismatch', message: 'part 2 is missing at the store' })
    await expect(lab.uploads.complete(owner, without({ id: file.id, parts }, 2), inTime())).rejects.toMatchObject({ code: 'parts_mismatch' })
  })

  it('refuses an object that does not carry the token and leaves it untouched', async () => {
    const { owner, file, request } = await sent()
    await lab.put(dataKey(owner, file.id), 'someone else\'s', { 'lading-token': '0'.repeat(32) })
    expect(await codeOf(lab.uploads.complete(owner, request, inTime()))).toBe('object_conflict')
    expect(String(await lab.read(dataKey(owner, file.id)))).toBe('someone else\'s')
  })

  it('reconciles a lost answer by HEAD', async () => {
    const { owner, request } = await sent()
    const server = lab.serverWith({ gateway: (real) => ({ completeMultipart: async (...call) => {
      await real.completeMultipart(...call)
      throw lost()
    } }) })
    expect(await server.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
  })

  it('never says completed before HEAD agrees, and does not send again while the store may be at it', async () => {
    const { owner, request } = await sent()
    let calls = 0
    const cut = lab.serverWith({ gateway: () => ({ completeMultipart: async () => {
      calls++
      return { outcome: 'unknown', cause: 'cut' }
    } }) })
    expect(await cut.uploads.complete(owner, request, inTime())).toEqual({ state: 'assembling', id: request.id, retryAfterMs: 2000 })
    expect(await cut.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'assembling' })
    expect(calls).toBe(1)

    lab.clock.skewMs += 600_001
    expect(await lab.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
  })

  it('sees by HEAD what the store finished later', async () => {
    const { owner, request } = await sent()
    let finish: () => Promise<unknown> = async () => {}
    const slow = lab.serverWith({ gateway: (real) => ({ completeMultipart: async (...call) => {
      finish = () => real.completeMultipart(...call)
      return { outcome: 'unknown', cause: 'cut' }
    } }) })
    expect(await slow.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'assembling' })
    await finish()
    expect(await lab.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
  })

  it('sends again at once after a definite refusal', async () => {
    const { owner, request } = await sent()
    const failing = lab.serverWith({ gateway: () => ({ completeMultipart: async () => ({ outcome: 'refused', code: 'InternalError', failure: lost() }) }) })
    expect(await codeOf(failing.uploads.complete(owner, request, inTime()))).toBe('store_unavailable')
    expect(await lab.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
  })

  it('takes NoSuchUpload for a success when the object is there', async () => {
    const { owner, request } = await sent()
    const server = lab.serverWith({ gateway: (real) => ({ completeMultipart: async (...call) => {
      await real.completeMultipart(...call)
      return { outcome: 'refused', code: 'NoSuchUpload', failure: lost() }
    } }) })
    expect(await server.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
  })

  it('says gone when the store has neither the parts nor the object', async () => {
    const { owner, request } = await sent()
    const { multiparts: [open] } = await lab.traces(owner)
    if (open) await lab.gateway.abortMultipart(open.key, open.uploadId)
    expect(await codeOf(lab.uploads.complete(owner, request, inTime()))).toBe('upload_gone')
    expect(await lab.uploads.status(owner, request)).toEqual({ state: 'gone', id: request.id })
  })

  const writes = ['putMarker', 'remove', 'listMultiparts', 'writeJson'] as const
  it.each(writes)('heals a crash at %s by a repeat, with one receipt', async (crashing) => {
    const { owner, file, request } = await sent()
    for (let survived = 0; survived < 4; survived++) {
      let left = survived
      const crash = async (...call: never[]): Promise<never> => {
        if (left-- > 0) return await (lab.gateway[crashing] as (...call: never[]) => Promise<never>)(...call)
        throw lost()
      }
      await codeOf(lab.serverWith({ gateway: () => ({ [crashing]: crash }) as Partial<Gateway> }).uploads.complete(owner, request, inTime()))
    }
    const answer = await lab.uploads.complete(owner, request, inTime())
    expect(answer).toMatchObject({ state: 'completed', receipt: { id: file.id } })
    const traces = await lab.traces(owner)
    expect(traces.multiparts).toEqual([])
    expect(traces.keys).toHaveLength(6)
    expect(JSON.parse(String(await lab.read(recordKey(owner, file.id))))).toMatchObject({ state: 'completed' })
  })

  it('keeps out whoever does not own it, as if it had never been', async () => {
    const { request, file } = await sent()
    const stranger = newOwner()
    const { id } = file
    const calls = [
      lab.uploads.complete(stranger, request, inTime()), lab.uploads.status(stranger, { id }), lab.uploads.seal(stranger, { id, sha256: file.sha256 }),
      lab.uploads.sign(stranger, { id, parts: file.parts }), lab.files.download(stranger, id), lab.files.remove(stranger, id),
    ]
    expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => 'not_found'))
    await lab.uploads.abort(stranger, { id })
    expect(await lab.keys(recordKey(stranger, id))).toEqual([])
  })
})

describe('seal', () => {
  it('adds the hash once, repeats itself, and refuses another', async () => {
    const { owner, file, request } = await sent(10)
    expect(await codeOf(lab.uploads.seal(owner, { id: file.id, sha256: file.sha256 }))).toBe('object_conflict')
    const answer = await lab.uploads.complete(owner, request, inTime())
    if (answer.state !== 'completed') throw new Error('not completed')
    const sealed = await lab.uploads.seal(owner, { id: file.id, sha256: file.sha256 })
    expect(sealed).toEqual({ id: file.id, receipt: { ...answer.receipt, sha256: file.sha256 } })
    expect(await lab.uploads.seal(owner, { id: file.id, sha256: file.sha256 })).toEqual(sealed)
    expect(await codeOf(lab.uploads.seal(owner, { id: file.id, sha256: 'f'.repeat(64) }))).toBe('object_conflict')
    expect(JSON.parse(String(await lab.read(receiptKey(owner, file.id))))).toEqual(sealed.receipt)
  })
})
