import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { MiB } from '#shared/limits'
import { startRedis } from '~/tests/support/redis'
import { createApiClient } from './support/apiClient'
import { startSite } from './support/site'
import type { TestSite } from './support/site'
import { startStore } from './support/store'
import type { TestStore } from './support/store'
import { inWorld } from './support/world'

const KiB = 1024

async function withSites(envs: Record<string, string>[], use: (sites: TestSite[], store: TestStore) => Promise<void>) {
  const store = await startStore()
  const sites: TestSite[] = []
  try {
    for (const env of envs) sites.push(await startSite(store, env))
    await use(sites, store)
  } finally {
    for (const site of sites) await site.stop()
    await store.close()
  }
}

const withSite = (env: Record<string, string>, use: (site: TestSite, store: TestStore) => Promise<void>) =>
  withSites([env], async ([site], store) => { if (site) await use(site, store) })

const statuses = async (answers: Promise<Response>[]) => (await Promise.all(answers)).map(({ status }) => status)
const countOf = (numbers: number[], wanted: number) => numbers.filter((number) => number === wanted).length
const times = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index))

const newUpload = (fileBytes: number) => ({
  id: randomUUID(), fileName: 'a.bin', fileBytes, contentType: '', fingerprint: randomBytes(32).toString('hex'), partBytes: 5 * MiB,
})

describe('calls of the API', () => {
  it('1,000 at once are refused beyond 600 a minute, with a time to come again, and the others are answered', () => withSite({}, async (site) => {
    const client = createApiClient(site)
    // None of these has to wait for the store.
    const answers = await Promise.all(times(1_000, () => client.call('session', {})))
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(600)
    expect(refused).toHaveLength(400)
    for (const { headers } of refused) {
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d?$/)
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
    }
    expect(await refused[0]?.json()).toEqual({ code: 'rate_limited', message: expect.any(String), requestId: expect.any(String) })
    // Those who watch over the server are never refused, nor is the page itself.
    expect(countOf(await statuses(times(20, () => client.call('health'))), 200)).toBe(20)
    expect((await client.call('health/ready')).status).toBe(200)
    expect((await fetch(site.url.replace('localhost', '127.0.0.1'))).status).toBe(200)
  }))

  it('are counted where nobody is signed in, for the session, and where there is no such call', () => withSite({ NUXT_ADDRESS_CALLS_PER_MINUTE: '4' }, async (site) => {
    const client = createApiClient(site)
    const found = await statuses([client.call('session', {}), client.call('files'), client.call('upload/sign', {}), client.call('no/such/call')])
    expect(found.sort()).toEqual([200, 401, 401, 404])
    expect(await statuses([client.call('session', {}), client.call('files'), client.call('no/such/call')])).toEqual([429, 429, 429])
  }))

  it('are not counted for another address because a header says so', () => withSite({ NUXT_ADDRESS_CALLS_PER_MINUTE: '5' }, async (site) => {
    const client = createApiClient(site)
    const forge = (index: number) => ({ 'x-forwarded-for': `192.0.2.${index}`, 'x-real-ip': `192.0.2.${index}`, 'x-vercel-forwarded-for': `192.0.2.${index}`, 'forwarded': `for=192.0.2.${index}` })
    expect(countOf(await statuses(times(20, (index) => client.call('files', undefined, forge(index)))), 429)).toBe(15)
  }))

  it('behind a trusted proxy are counted for the address that it names, whatever the caller wrote before that', () => withSite({ NUXT_ADDRESS_CALLS_PER_MINUTE: '5', NUXT_TRUSTED_PROXIES: '1' }, async (site) => {
    const client = createApiClient(site)
    const from = (address: string) => statuses(times(10, (index) => client.call('files', undefined, { 'x-forwarded-for': `192.0.2.${index}, ${address}` })))
    expect(countOf(await from('203.0.113.1'), 429)).toBe(5)
    expect(countOf(await from('203.0.113.2'), 429)).toBe(5)
  }))

  it('of one owner are counted together, from wherever they come', () => withSite({ NUXT_CALLS_PER_MINUTE: '5', NUXT_TRUSTED_PROXIES: '1' }, async (site) => {
    const client = createApiClient(site)
    await client.signIn()
    expect(countOf(await statuses(times(10, (index) => client.call('files', undefined, { 'x-forwarded-for': `203.0.113.${index}` }))), 429)).toBe(5)
    const other = createApiClient(site)
    await other.signIn()
    expect(await statuses(times(5, () => other.call('files')))).toEqual([200, 200, 200, 200, 200])
  }))

  it('of a batch are one call', () => withSite({ NUXT_CALLS_PER_MINUTE: '1' }, async (site) => {
    const client = createApiClient(site)
    await client.signIn()
    const answer = await client.call('upload/initiate', { uploads: times(64, () => newUpload(10)) })
    const { results } = await answer.json() as { results: { state?: string }[] }
    expect(results.filter(({ state }) => state === 'open')).toHaveLength(64)
    expect((await client.call('upload/pending')).status).toBe(429)
  }))

  it('are counted by two instances together in Redis, and each goes on by itself when Redis is killed', async () => {
    const redis = await startRedis()
    try {
      const env = { NUXT_REDIS_URL: redis.url, NUXT_CALLS_PER_MINUTE: '10', NUXT_ADDRESS_CALLS_PER_MINUTE: '1000' }
      await withSites([env, env], async (sites) => {
        const [site = { url: '' }] = sites
        const client = createApiClient(site)
        await client.signIn()
        const calls = async () => {
          const found: number[] = []
          for (let call = 0; call < 30; call++) found.push((await client.call('files', undefined, {})).status)
          return found
        }
        expect(countOf(await calls(), 200)).toBe(10)
        await redis.kill()
        expect(countOf(await calls(), 200)).toBe(10)
        for (const { output } of sites.slice(0, 1)) {
          expect(output().match(/Redis does not answer/g)).toHaveLength(1)
          expect(output()).not.toContain(redis.url)
        }
      })
    } finally {
      await redis.close()
    }
  })
})

describe('what an owner holds', () => {
  it('is refused beyond their bytes and beyond their open uploads with 413, each in its own answer', () => withSite({ NUXT_MAX_OWNER_BYTES: '100', NUXT_MAX_OPEN_UPLOADS: '3' }, async (site) => {
    const client = createApiClient(site)
    await client.signIn()
    const refused = await client.call('upload/initiate', newUpload(101))
    expect(refused.status).toBe(413)
    expect(await refused.json()).toMatchObject({ code: 'quota_exceeded' })

    const batch = await client.call('upload/initiate', { uploads: [60, 60, 30, 10, 0].map(newUpload) })
    expect(await batch.json()).toEqual({ results: [
      expect.objectContaining({ state: 'open' }),
      { error: expect.objectContaining({ code: 'quota_exceeded' }) },
      expect.objectContaining({ state: 'open' }),
      expect.objectContaining({ state: 'open' }),
      { error: expect.objectContaining({ code: 'quota_exceeded' }) },
    ] })
  }))

  it('is told to the person, who deletes a file and goes on', () => inWorld({}, async (world) => {
    const visit = await world.visit(await world.newProfile())
    const [first, second] = [await world.samples.file('first.bin', 60 * KiB), await world.samples.file('second.bin', 60 * KiB)]
    await visit.add(first)
    await visit.untilStatus(first.name, 'completed')
    await visit.add(second)
    // The page knows that there is no room; whoever insists hears it from the server.
    const held = visit.page.locator('[data-testid="chosen-item"][data-objection="no_room"]')
    await held.getByTestId('send-anyway').click()
    expect(await visit.untilStopped(second.name, 'quota_exceeded')).toContain('Your space here is used up')

    await visit.row(first.name).getByTestId('delete').click()
    await visit.page.getByTestId('confirm-delete').click()
    await visit.row(first.name).waitFor({ state: 'detached' })
    await visit.row(second.name).getByTestId('resume').click()
    await visit.untilStatus(second.name, 'completed')
  }, { NUXT_MAX_OWNER_BYTES: String(100 * KiB) }))
})
