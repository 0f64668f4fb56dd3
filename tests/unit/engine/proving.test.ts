import type { Files, OpenFile, PartTransport } from '~/uploader/engine/ports'
import { describe, expect, it } from 'vitest'
import { base64ToHex } from '#shared/digest'
import { MiB } from '#shared/limits'
import { partCount, partRange } from '#shared/partPlan'
import { createUploader } from '~/uploader/engine/uploader'
import { createModel, createPorts, nodeFiles } from './world'

const digest = 'AAAAAAAAAAAAAAAAAAAAAA=='

/** An unfinished upload of a hundred parts whose last ones are missing; answers the numbers of what is read before the first of them is sent. */
async function readBeforeSending(partBytes: number, missing = 1): Promise<number[]> {
  const plan = { fileBytes: 100 * partBytes, partBytes }
  const model = createModel()
  const listed = Array.from({ length: partCount(plan) - missing }, (_, index) => ({
    partNumber: index + 1,
    bytes: partRange(plan, index + 1).end - partRange(plan, index + 1).start,
    etag: base64ToHex(digest),
    body: Buffer.alloc(0),
  }))
  const upload = { id: 'known', fileName: 'cargo.bin', fileBytes: plan.fileBytes, fingerprint: 'print', partBytes, contentType: '' }
  model.uploads.set('known', { ...upload, parts: new Map(listed.map((part) => [part.partNumber, part])) })

  const read: number[] = []
  let tell = (_read: number[]) => {}
  const readBefore = new Promise<number[]>((resolve) => {
    tell = resolve
  })
  const files: Files = {
    fingerprint: async () => 'print',
    reopen: nodeFiles.reopen,
    open: (file, algorithm, bodies): OpenFile => ({
      ...nodeFiles.open(file, algorithm, bodies),
      // Nothing is left to be read for the whole-file hash.
      hashedBytes: plan.fileBytes,
      async digest({ partNumber }) {
        read.push(partNumber)
        return digest
      },
    }),
  }
  const transport: PartTransport = {
    preconnect() {},
    async put({ signal }) {
      tell([...read])
      return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
  }
  const uploader = createUploader(createPorts(model, { files, transport, random: Math.random }), { partBytes })
  await uploader.start()
  void uploader.continueWith('known', { name: 'cargo.bin', bytes: plan.fileBytes, modifiedAt: 1, contentType: '', content: new Blob() })
  const answer = await readBefore
  await uploader.close()
  return answer
}

describe('the proof by sample', () => {
  it('reads up to four parts before the first one is sent', async () => {
    const read = await readBeforeSending(8 * MiB)
    expect(read.at(-1)).toBe(100)
    const sample = read.slice(0, -1)
    expect(sample.length).toBeGreaterThanOrEqual(2)
    expect(sample.length).toBeLessThanOrEqual(4)
    expect(sample).toEqual(expect.arrayContaining([1, 99]))
  })

  it('reads fewer where parts are large, so that the first byte leaves soon all the same', async () => {
    expect(await readBeforeSending(32 * MiB)).toHaveLength(2)
  })

  it('is followed by one part to send, and by no other before that is on its way', async () => {
    expect((await readBeforeSending(20 * MiB, 40)).filter((partNumber) => partNumber > 60)).toEqual([61])
  })
})
