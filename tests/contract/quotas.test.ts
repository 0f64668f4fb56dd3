import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Gateway } from '~/server/utils/s3/gateway'
import type { Lab } from './lab'
import { codeOf, inTime, newFile, newOwner, openLab, sendParts } from './lab'

let lab: Lab
beforeAll(async () => { lab = await openLab() })
afterAll(async () => { await lab.close() })

const bytes = 1_000
/** Room for one file, and not for two. */
const roomForOne = { maxOwnerBytes: 1_500 }

/** Two instances that each look at the bucket, and go on only when both have looked. */
function meet() {
  let asked = 0
  let bothAsked = () => {}
  const both = new Promise<void>((resolve) => { bothAsked = resolve })
  return (real: Gateway): Partial<Gateway> => ({
    async list(...page) {
      const answer = await real.list(...page)
      if (page[0].startsWith('done/') && ++asked === 2) bothAsked()
      if (page[0].startsWith('done/')) await both
      return answer
    },
  })
}

describe('bytes of an owner', () => {
  it('are refused at initiate before anything is written, until there is room', async () => {
    const owner = newOwner()
    const server = lab.serverWith({ quotas: roomForOne })
    const first = newFile(bytes, lab.partBytes)
    await server.uploads.complete(owner, await sendParts(server, owner, first), inTime())
    const before = await lab.traces(owner)
    const second = newFile(bytes, lab.partBytes)
    expect(await codeOf(server.uploads.initiate(owner, second.request))).toBe('quota_exceeded')
    expect(await lab.traces(owner)).toEqual(before)
    await server.files.remove(owner, first.id)
    expect(await server.uploads.initiate(owner, second.request)).toMatchObject({ state: 'open', isNew: true })
  })

  it('that are left are told, with what was let in a moment ago', async () => {
    const owner = newOwner()
    const server = lab.serverWith({ quotas: roomForOne })
    const left = () => server.context.quotas.bytesLeft(owner)
    expect(await left()).toBe(1_500)
    const file = newFile(bytes, lab.partBytes)
    await server.uploads.initiate(owner, file.request)
    expect(await left()).toBe(500)
    await server.uploads.complete(owner, await sendParts(server, owner, file), inTime())
    expect(await left()).toBe(500)
    await server.files.remove(owner, file.id)
    expect(await left()).toBe(1_500)
    expect(await lab.serverWith().context.quotas.bytesLeft(owner)).toBeUndefined()
  })

  it('are an owner\'s own', async () => {
    const server = lab.serverWith({ quotas: roomForOne })
    for (const owner of [newOwner(), newOwner()]) {
      expect(await server.uploads.initiate(owner, newFile(bytes, lab.partBytes).request)).toMatchObject({ isNew: true })
    }
  })

  it('do not hold up a repeat, nor a file that is there already', async () => {
    const owner = newOwner()
    const server = lab.serverWith({ quotas: roomForOne })
    const file = newFile(bytes, lab.partBytes)
    const request = await sendParts(server, owner, file)
    expect(await server.uploads.initiate(owner, file.request)).toMatchObject({ state: 'open', id: file.id })
    const { state } = await server.uploads.complete(owner, request, inTime())
    expect(state).toBe('completed')
    expect(await server.uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
    expect(await server.uploads.initiate(owner, { ...file.request, id: newFile(1, 1).id })).toMatchObject({ state: 'completed', id: file.id })
  })

  it('of two uploads in parallel are refused at complete to the later one, which keeps its parts and goes on when there is room', async () => {
    const owner = newOwner()
    const gateway = meet()
    const instances = [1, 2].map(() => lab.serverWith({ quotas: roomForOne, gateway })) as [ReturnType<Lab['serverWith']>, ReturnType<Lab['serverWith']>]
    const files = instances.map(() => newFile(bytes, lab.partBytes))
    const requests = await Promise.all(instances.map(async (server, index) => await sendParts(server, owner, files[index] ?? newFile(0, 1))))

    const outcomes = await Promise.allSettled(instances.map(async ({ uploads }, index) => await uploads.complete(owner, requests[index] ?? { id: '', parts: [] }, inTime())))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const won = outcomes.findIndex(({ status }) => status === 'fulfilled')
    const [winner, loser] = [requests[won], requests[1 - won]]
    if (!winner || !loser) throw new Error('no requests')
    expect(outcomes[1 - won]).toMatchObject({ reason: { code: 'quota_exceeded' } })

    // Whichever instance is asked, and however often, says the same.
    for (const { uploads } of instances) expect(await codeOf(uploads.complete(owner, loser, inTime()))).toBe('quota_exceeded')
    expect(await lab.uploads.status(owner, { id: loser.id })).toMatchObject({ state: 'open', parts: [{ partNumber: 1, bytes }] })
    await instances[0].files.remove(owner, winner.id)
    expect(await instances[0].uploads.complete(owner, loser, inTime())).toMatchObject({ state: 'completed' })
  })

  it('that an earlier upload holds are free for the later one once that is discarded', async () => {
    const owner = newOwner()
    const gateway = meet()
    const servers = [1, 2].map(() => lab.serverWith({ quotas: roomForOne, gateway }))
    const requests = await Promise.all(servers.map(async (server) => await sendParts(server, owner, newFile(bytes, lab.partBytes))))
    const server = lab.serverWith({ quotas: roomForOne })
    const codes = []
    for (const request of requests) codes.push(await codeOf(server.context.quotas.assertRoomToComplete(owner, { id: request.id, fileBytes: bytes })))
    expect([...codes].sort()).toEqual(['no failure', 'quota_exceeded'])
    const earlier = requests[codes.indexOf('no failure')]
    const later = requests[codes.indexOf('quota_exceeded')]
    if (!earlier || !later) throw new Error('no requests')
    await server.uploads.abort(owner, { id: earlier.id })
    expect(await server.uploads.complete(owner, later, inTime())).toMatchObject({ state: 'completed' })
  })
})

describe('open uploads of an owner', () => {
  it('are refused beyond their number, until one is completed or discarded', async () => {
    const owner = newOwner()
    const { uploads } = lab.serverWith({ quotas: { maxOpenUploads: 2 } })
    const files = [newFile(10, lab.partBytes), newFile(10, lab.partBytes)]
    const requests = []
    for (const file of files) requests.push(await sendParts({ uploads }, owner, file))
    const [first, second] = requests
    if (!first || !second) throw new Error('no requests')

    const third = newFile(10, lab.partBytes)
    expect(await codeOf(uploads.initiate(owner, third.request))).toBe('quota_exceeded')
    await uploads.abort(owner, { id: first.id })
    expect(await uploads.initiate(owner, third.request)).toMatchObject({ isNew: true })

    const fourth = newFile(10, lab.partBytes)
    expect(await codeOf(uploads.initiate(owner, fourth.request))).toBe('quota_exceeded')
    await uploads.complete(owner, second, inTime())
    lab.clock.skewMs += 1_001
    expect(await uploads.initiate(owner, fourth.request)).toMatchObject({ isNew: true })
  })

  it('are listed once for a batch of 64', async () => {
    const owner = newOwner()
    let lists = 0
    const { uploads } = lab.serverWith({ gateway: (real) => ({ async list(...page) {
      if (page[0].startsWith('open/') || page[0].startsWith('done/')) lists++
      return await real.list(...page)
    } }) })
    await Promise.all(Array.from({ length: 64 }, () => uploads.initiate(owner, newFile(10, lab.partBytes).request)))
    expect(lists).toBe(1)
    expect((await lab.keys(`open/${owner}/`))).toHaveLength(64)
  })
})
