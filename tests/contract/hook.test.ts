import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataKey } from '~/server/utils/keys'
import type { Lab } from './lab'
import { inTime, newFile, newOwner, openLab, sendParts } from './lab'

let lab: Lab
beforeAll(async () => { lab = await openLab() })
afterAll(async () => { await lab.close() })

async function sent() {
  const owner = newOwner()
  const file = newFile(10, lab.partBytes)
  return { owner, file, request: await sendParts(lab, owner, file) }
}

/** Whether this is the record that says that the upload is completed. */
function isDeciding(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'state' in value && value.state === 'completed'
}

async function told(owner: string) {
  await lab.asidesDone()
  return lab.completions.filter((completion) => completion.owner === owner)
}

describe('the hook of a completed upload', () => {
  it('is told of the receipt once, however often the call is repeated', async () => {
    const { owner, request } = await sent()
    const answer = await lab.uploads.complete(owner, request, inTime())
    await lab.uploads.complete(owner, request, inTime())
    await lab.uploads.status(owner, request)
    expect(await told(owner)).toEqual([{ owner, receipt: answer.state === 'completed' && answer.receipt }])
  })

  it('is told once by all that notice the same completion at the same moment', async () => {
    const { owner, file, request } = await sent()
    const { record } = await lab.context.records.require(owner, file.id)
    if (record.state !== 'open') throw new Error('not open')
    await lab.gateway.completeMultipart(dataKey(owner, file.id), record.uploadId, request.parts, inTime())
    // Nobody writes that it is completed before everybody is about to.
    let waiting = 0
    let open = () => {}
    const everybody = new Promise<void>((resolve) => { open = resolve })
    const instances = Array.from({ length: 6 }, () => lab.serverWith({ gateway: (real) => ({ writeJson: async (key, value, condition) => {
      if (isDeciding(value)) {
        if (++waiting === 6) open()
        await everybody
      }
      return await real.writeJson(key, value, condition)
    } }) }).uploads)
    const answers = await Promise.all(instances.map((uploads) => uploads.status(owner, request)))
    expect(answers.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'completed'))
    expect(await told(owner)).toHaveLength(1)
  })

  it('is not told of what was discarded or is only open', async () => {
    const { owner, file } = await sent()
    await lab.uploads.status(owner, file)
    await lab.uploads.abort(owner, file)
    expect(await told(owner)).toEqual([])
  })

  it('is told once although the answer to the deciding write is lost', async () => {
    const { owner, request } = await sent()
    let isLost = false
    const server = lab.serverWith({ gateway: (real) => ({ writeJson: async (key, value, condition) => {
      const written = await real.writeJson(key, value, condition)
      if (!isDeciding(value) || isLost) return written
      // As the SDK's own repeat of it would end.
      isLost = true
      return await real.writeJson(key, value, condition)
    } }) })
    expect(await server.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
    expect(isLost).toBe(true)
    expect(await told(owner)).toHaveLength(1)
  })
})
