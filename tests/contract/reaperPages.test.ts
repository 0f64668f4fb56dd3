import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { concurrently } from '#shared/concurrently'
import { dataKey, openKey, printKey } from '~/server/utils/keys'
import { reap } from '~/server/utils/reaper/reap'
import type { OpenRecord } from '~/server/utils/uploads/record'
import type { Lab } from './lab'
import { newOwner, openLab, putPart } from './lab'

let lab: Lab
beforeAll(async () => { lab = await openLab() })
afterAll(async () => { await lab.close() }, 60_000)

const dayMs = 24 * 60 * 60 * 1000
const atOnce = 32
const partBytes = 100
const fingerprint = 'ab'.repeat(32)

/** An upload as `initiate` leaves it, with a part in every tenth. */
async function openUpload(index: number, signedAt: number) {
  const owner = newOwner()
  const id = randomUUID()
  const key = dataKey(owner, id)
  const token = randomBytes(16).toString('hex')
  const uploadId = await lab.gateway.createMultipart(key, { contentType: 'text/plain', contentDisposition: 'attachment', token, digestAlgorithm: 'md5' })
  const record: OpenRecord = {
    state: 'open', id, uploadId, token, signedAt, createdAt: Date.now(), fingerprint, partBytes,
    fileName: 'file.bin', fileBytes: partBytes, contentType: 'text/plain', digestAlgorithm: 'md5',
  }
  await Promise.all([lab.context.records.create(owner, record), lab.gateway.putMarker(openKey(owner, record)), lab.gateway.putMarker(printKey(owner, fingerprint, id))])
  if (index % 10 === 0) await putOnePart(key, uploadId)
  return key
}

async function putOnePart(key: string, uploadId: string): Promise<void> {
  const body = randomBytes(partBytes)
  const [signed] = await lab.gateway.signParts(key, uploadId, 'md5', [{ partNumber: 1, bytes: partBytes, digest: createHash('md5').update(body).digest('base64') }])
  if (!signed || !(await putPart(signed, body)).ok) throw new Error('the part was not stored')
}

it('of 1,500 abandoned and 50 living uploads exactly the abandoned are gone, in pages', async () => {
  const now = Date.now() + 20 * dayMs
  const abandoned = await concurrently(Array.from({ length: 1_500 }, (_, index) => index), atOnce, (index) => openUpload(index, Date.now()))
  const living = await concurrently(Array.from({ length: 50 }, (_, index) => index), atOnce, (index) => openUpload(index, now - 2 * dayMs))
  expect(await lab.multiparts()).toHaveLength(1_550)

  lab.clock.skewMs = 20 * dayMs
  const pages: number[] = []
  const { context } = lab.serverWith({ gateway: (real) => ({ listAll: async (...call) => {
    const page = await real.listAll(...call)
    pages.push(page.objects.length)
    return page
  } }) })
  // From the beginning, so that the pages are full ones.
  const fromFirst = { ...context, randomToken: () => '0'.repeat(32) }
  expect(await reap(fromFirst, AbortSignal.timeout(280_000))).toEqual({ uploads: 1_500, strays: 0, markers: 0, parts: 150, bytes: 150 * partBytes, failed: 0, isDone: true })

  // A store may give less than a full page. At the end, round to the beginning, where the living are left.
  expect(Math.max(...pages)).toBeLessThanOrEqual(1_000)
  expect(pages.at(-1)).toBe(50)
  expect(pages.slice(0, -1).reduce((sum, objects) => sum + objects, 0)).toBe(1_550)
  const left = (await lab.multiparts()).map(({ key }) => key)
  expect(left.sort()).toEqual([...living].sort())
  expect(left.filter((key) => abandoned.includes(key))).toEqual([])
  expect(await lab.keys()).toHaveLength(3 * living.length)
}, 300_000)
