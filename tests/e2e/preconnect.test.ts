import { expect, it } from 'vitest'
import { inFaultWorld, upload } from '~/tests/faults/faultWorld'

it('the connection that is opened ahead is there before the upload is, and carries its first part; none is opened in vain', () => inFaultWorld({}, async (world) => {
  const { journal, connections } = world.toStore
  await world.expectDelivered(await upload(world, 1))
  const preflight = journal.find(({ operation }) => operation === 'Preflight')
  const part = journal.find(({ operation }) => operation === 'UploadPart')
  const initiate = world.toServer.journal.find(({ operation }) => operation === 'initiate')
  expect(preflight?.connection).toBe(part?.connection)
  expect(connections[(part?.connection ?? 0) - 1]).toBeLessThan(initiate?.startMs ?? 0)

  const used = new Set(journal.map(({ connection }) => connection))
  expect(connections.map((_, index) => index + 1).filter((number) => !used.has(number))).toEqual([])
}))
