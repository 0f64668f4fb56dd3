import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { begin, inFaultWorld, upload } from '~/tests/faults/faultWorld'
import { hold } from '~/tests/proxy'
import { eventually } from './support/eventually'
import { storySettings, storyStore, tellMainStory } from './support/mainStory'
import { inWorld } from './support/world'
import { cpuSecondsOfPid } from '~/bench/processes'

it('on Node an upload survives the browser\'s end', () => inWorld(storyStore, tellMainStory, storySettings))

it('a server that is asked to end takes nothing new, lets a complete under way have its answer, and ends with 0', () => inFaultWorld({}, async (world) => {
  const held = world.toStore.on({ operation: 'CompleteMultipartUpload', times: 1 }, hold({ phase: 'answer' }))
  const { file, visit } = await begin(world, 12)
  await held.reached
  const ended = world.site.stop('SIGTERM')
  await eventually('new connections are refused', () => fetch(`${world.site.url}/api/health`).then(() => false, () => true))
  // Nitro's own patience would be over after 30 seconds: in the long tests it is outlasted.
  if (process.env.LADING_LONG === '1') await pause(35_000)
  expect(world.site.isRunning()).toBe(true)
  held.release()
  await visit.untilStatus(file.name, 'completed')
  expect(await ended).toBe(0)
  const completes = world.toServer.journal.filter(({ operation }) => operation === 'complete')
  expect(completes.map(({ upstreamStatus }) => upstreamStatus)).toEqual([200])
}))

it('while it drains it says that it is not ready and serves all the same; a second signal ends it at once', () => inFaultWorld({ env: { NUXT_DRAIN_SECONDS: '600' } }, async (world) => {
  const ready = async () => (await fetch(`${world.site.url}/api/health/ready`)).status
  expect(await ready()).toBe(200)
  const ended = world.site.stop('SIGTERM')
  await eventually('it is not ready', async () => await ready() === 503)
  expect((await fetch(`${world.site.url}/api/health`)).status).toBe(200)
  await world.expectDelivered(await upload(world, 3))
  await world.site.stop('SIGTERM')
  expect(await ended).toBe(1)
}))

it('a server whose log nobody reads any more goes on serving, and does not wear itself out over it', () => inWorld(storyStore, async ({ site }) => {
  // Each of them is a line in the log.
  const call = async () => (await fetch(`${site.url}/api/nothing`)).status
  site.breakLog()
  for (let made = 0; made < 20; made++) expect(await call()).toBe(404)
  const before = cpuSecondsOfPid(site.pid)
  // What it does while nobody asks for anything.
  await pause(1_000)
  expect(cpuSecondsOfPid(site.pid) - before).toBeLessThan(0.3)
  expect(await call()).toBe(404)
}))
