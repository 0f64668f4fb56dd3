import type { DaemonName } from '~/scripts/ceph/daemons'
import { startDaemon, stopDaemon } from '~/scripts/ceph/daemons'
import { readCephSettings } from '~/scripts/ceph/settings'
import { eventually } from '~/tests/e2e/support/eventually'
import { inWorld } from '~/tests/e2e/support/world'
import { expect, it } from 'vitest'

const MiB = 1024 * 1024

it('37: gateway, OSD and monitor killed with -9 in the middle, one after the other: the upload arrives', () => inWorld({ bytesPerSecond: 16 * MiB }, async (world) => {
  const settings = readCephSettings()
  const file = await world.samples.file('cargo.bin', 30 * 8 * MiB - 1)
  const visit = await world.visit(await world.newProfile())
  await visit.add(file)
  for (const [index, name] of (['rgw', 'osd', 'mon'] satisfies DaemonName[]).entries()) {
    await eventually('more parts are stored', async () => (await world.store.storedParts()).length >= 5 * (index + 1))
    await stopDaemon(settings, name, 'SIGKILL')
    await startDaemon(settings, name)
  }
  await visit.untilStatus(file.name, 'completed')
  const [key = ''] = await world.store.keys('data/')
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
  expect(await visit.sha256(file.name)).toBe(file.sha256)
  expect(await world.store.openMultipartUploads()).toBe(0)
}, { NUXT_PUBLIC_TIME_DIVISOR: '5' }))
