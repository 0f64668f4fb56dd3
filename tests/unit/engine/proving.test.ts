import type { Files, OpenFile } from '~/uploader/engine/ports'
import type { PartRange } from '#shared/partPlan'
import { describe, expect, it } from 'vitest'
import { base64ToHex } from '#shared/digest'
import { MiB } from '#shared/limits'
import { partCount, partRange } from '#shared/partPlan'
import { createUploader } from '~/uploader/engine/uploader'
import { createModel, createPorts, nodeFiles } from './world'

const digest = 'AAAAAAAAAAAAAAAAAAAAAA=='

/** An unfinished upload whose last part alone is missing; answers what is read before that part is asked for. */
async function readBeforeSending(partBytes: number): Promise<PartRange[]> {
  const plan = { fileBytes: 100 * partBytes, partBytes }
  const model = createModel()
  const listed = Array.from({ length: partCount(plan) - 1 }, (_, index) => ({
    partNumber: index + 1,
    bytes: partRange(plan, index + 1).end - partRange(plan, index + 1).start,
    etag: base64ToHex(digest),
    body: Buffer.alloc(0),
  }))
  const upload = { id: 'known', fileName: 'cargo.bin', fileBytes: plan.fileBytes, fingerprint: 'print', partBytes, contentType: '' }
  model.uploads.set('known', { ...upload, parts: new Map(listed.map((part) => [part.partNumber, part])) })

  const read: PartRange[] = []
  let tell = (_read: PartRange[]) => {}
  const readBefore = new Promise<PartRange[]>((resolve) => {
    tell = resolve
  })
  const files: Files = {
    fingerprint: async () => 'print',
    reopen: nodeFiles.reopen,
    open: (file, algorithm, bodies): OpenFile => ({
      ...nodeFiles.open(file, algorithm, bodies),
      // Nothing is left to be read for the whole-file hash.
      hashedBytes: plan.fileBytes,
      async digest(range) {
        if (range.partNumber === partCount(plan)) tell([...read])
        else read.push(range)
        return digest
      },
    }),
  }
  const uploader = createUploader(createPorts(model, { files, random: Math.random }), { partBytes })
  await uploader.start()
  void uploader.continueWith('known', { name: 'cargo.bin', bytes: plan.fileBytes, modifiedAt: 1, contentType: '', content: new Blob() })
  const answer = await readBefore
  await uploader.close()
  return answer
}

describe('the proof by sample', () => {
  it('reads up to four parts before the first one is sent', async () => {
    const read = await readBeforeSending(8 * MiB)
    expect(read.length).toBeGreaterThanOrEqual(2)
    expect(read.length).toBeLessThanOrEqual(4)
    expect(read.map(({ partNumber }) => partNumber)).toEqual(expect.arrayContaining([1, 99]))
  })

  it('reads fewer where parts are large, so that the first byte leaves soon all the same', async () => {
    expect(await readBeforeSending(32 * MiB)).toHaveLength(1)
  })
})
