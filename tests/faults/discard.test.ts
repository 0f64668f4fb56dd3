import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import { hold } from '~/tests/proxy'
import { begin, inFaultWorld } from './faultWorld'

/** Longer than anything that was on its way can take, with these times. */
const settleMs = 1_000

describe('34: an upload that is discarded while it is assembled', () => {
  it.each([
    ['browser and server', 'complete', 'request'],
    ['browser and server', 'complete', 'answer'],
    ['server and store', 'CompleteMultipartUpload', 'request'],
    ['server and store', 'CompleteMultipartUpload', 'answer'],
  ] as const)('is gone or complete, never half (between %s, %s: %s held)', (_, operation, phase) => inFaultWorld({}, async (world) => {
    const line = operation === 'complete' ? world.toServer : world.toStore
    const held = line.on({ operation, times: 1 }, hold({ phase }))
    const { file, visit } = await begin(world, 12)
    await held.reached
    await visit.untilStatus(file.name, 'assembling')
    await visit.row(file.name).getByTestId('discard').click()
    await visit.page.getByTestId('confirm-discard').click()
    await world.toServer.until((journal) => journal.some(({ operation }) => operation === 'abort'))
    held.release()

    const row = visit.row(file.name)
    const end = await eventually('the row is gone, or says that the file has arrived', async () => {
      // In one look: the row may go between two.
      const [status = 'discarded'] = await row.evaluateAll((rows) => rows.map(({ dataset }) => (dataset as Record<string, string>).status))
      return status === 'discarded' || status === 'completed' ? status : undefined
    })
    await pause(settleMs)
    if (end === 'completed') return await world.expectDelivered(file)
    expect(await world.store.openMultipartUploads()).toBe(0)
    expect(await world.store.keys()).toEqual([])
    await visit.page.reload()
    await visit.page.getByTestId('drop-zone').waitFor()
    expect(await visit.offer.count()).toBe(0)
  }))
})
