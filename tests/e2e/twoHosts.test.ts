import { expect, it } from 'vitest'
import { hold } from '~/tests/proxy'
import { inWorld } from './support/world'

const MiB = 1024 * 1024

it('two host names of one bucket carry twelve parts at the same moment, six over each', () => inWorld({ isProxied: true }, async (world) => {
  const { proxy } = world.store
  if (!proxy) throw new Error('No proxy')
  const hosts: (string | undefined)[] = []
  const rule = proxy.on({ operation: 'UploadPart', when: ({ headers }) => hosts.push(headers.host) > 0 }, hold({ untilWaiting: 12 }))
  const file = await world.samples.file('wide.bin', 40 * 8 * MiB)
  const visit = await world.visit(await world.newProfile())
  await visit.add(file)
  await rule.reached
  const [first, second] = [...new Set(hosts)]
  expect(hosts.filter((host) => host === first)).toHaveLength(6)
  expect(hosts.filter((host) => host === second)).toHaveLength(6)

  await visit.untilStatus(file.name, 'completed')
  const [key = ''] = await world.store.keys('data/')
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
}, ({ proxy, env }) => ({ NUXT_S3_HOSTS: `${proxy?.url.replace('127.0.0.1', 'localhost')}/${env.NUXT_S3_BUCKET}` })))
