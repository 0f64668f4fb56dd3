import { beforeAll, expect, it } from 'vitest'
import { hold } from '~/tests/proxy'
import { storySettings, storyStore, tellMainStory } from './support/mainStory'
import { startStore } from './support/store'
import { ensureVercelBuild } from './support/vercel/build'
import type { VercelOptions } from './support/vercel/startVercel'
import { startVercel } from './support/vercel/startVercel'
import { createWorldOn, tellIn } from './support/world'

beforeAll(ensureVercelBuild, 300_000)

/** A world whose site is the build for Vercel. */
const onVercel = (options: VercelOptions = {}, { isProxied, env = {} }: { isProxied?: boolean, env?: Record<string, string> } = {}) =>
  createWorldOn((store, settings) => startVercel(store, settings, options), { ...storyStore, isProxied }, { ...storySettings, ...env })

it('on Vercel an upload survives the browser\'s end, though every few calls are answered by a fresh process', async () => {
  await tellIn(await onVercel({ requestsPerInstance: 2 }), async (world) => {
    await tellMainStory(world)
    expect(world.site.coldStarts()).toBeGreaterThan(3)
  })
})

it('a function that is cut off in the middle of complete loses nothing: the object that came of it decides', async () => {
  await tellIn(await onVercel({ limitSeconds: 5 }, { isProxied: true }), async (world) => {
    const held = world.store.proxy?.on({ operation: 'CompleteMultipartUpload', times: 1 }, hold({ phase: 'answer' }))
    const visit = await world.visit(await world.newProfile())
    const cutOff = visit.page.waitForResponse((answer) => answer.url().endsWith('/api/upload/complete') && answer.status() === 504)
    const file = await world.samples.file('cargo.bin', 1_000_000)
    await visit.add(file)
    expect((await cutOff).headers()['x-vercel-error']).toBe('FUNCTION_INVOCATION_TIMEOUT')
    held?.release()
    await visit.untilStatus(file.name, 'completed')
    const [key = '', ...more] = await world.store.keys('data/')
    expect(more).toEqual([])
    expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
    expect(await world.store.openMultipartUploads()).toBe(0)
  })
})

it('with its limit set to the platform\'s, a function answers before it is cut off, however long the store assembles', async () => {
  await tellIn(await onVercel({ limitSeconds: 30 }, { isProxied: true, env: { NUXT_REQUEST_LIMIT_SECONDS: '30' } }), async ({ store, samples, visit, newProfile }) => {
    const held = store.proxy?.on({ operation: 'CompleteMultipartUpload', times: 1 }, hold({ phase: 'answer' }))
    const { page, add, untilStatus } = await visit(await newProfile())
    const answered = page.waitForResponse((answer) => answer.url().endsWith('/api/upload/complete'))
    const file = await samples.file('cargo.bin', 1_000_000)
    await add(file)
    const answer = await answered
    expect(answer.status()).toBe(200)
    held?.release()
    await untilStatus(file.name, 'completed')
  })
})

it('the edge keeps hashed files for a year, and nothing else', async () => {
  await tellIn(await onVercel(), async ({ site }) => {
    const page = await fetch(site.url)
    expect(page.status).toBe(200)
    expect(page.headers.get('cache-control') ?? '').not.toContain('immutable')
    const [script = ''] = /\/_nuxt\/[\w-]+\.js/.exec(await page.text()) ?? []
    const asset = await fetch(site.url + script)
    expect(asset.headers.get('content-type')).toContain('javascript')
    expect(asset.headers.get('cache-control')?.replaceAll(' ', '')).toBe('public,max-age=31536000,immutable')
    expect((await fetch(`${site.url}/_nuxt/builds/latest.json`)).status).toBe(404)
    expect((await fetch(`${site.url}/favicon.svg`)).headers.get('cache-control') ?? '').not.toContain('immutable')
    expect((await fetch(`${site.url}/api/health`)).headers.get('cache-control')).toBe('no-store')
  })
})

it('a body that the platform would refuse is refused, and ours are a fraction of it', async () => {
  await tellIn(await onVercel(), async ({ site }) => {
    const send = (bytes: number) => fetch(`${site.url}/api/upload/complete`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-lading': '1' }, body: 'x'.repeat(bytes) })
    expect((await send(4_600_000)).headers.get('x-vercel-error')).toBe('FUNCTION_PAYLOAD_TOO_LARGE')
    // 10,000 parts with their digests are 1.1 MB.
    expect((await send(1_200_000)).status).toBe(401)
  })
})

it('a wrong configuration answers every request with 500 and tells the log alone what is wrong', async () => {
  const store = await startStore()
  const site = await startVercel(store, { NUXT_ACCESS: '', NUXT_S3_REGION: 'us-east-1', NUXT_SESSION_PASSWORD: 'hunter2-hunter2' })
  try {
    for (const path of ['/', '/api/health', '/api/session']) {
      const answer = await fetch(site.url + path, { headers: { accept: path === '/' ? 'text/html' : 'application/json' } })
      const body = await answer.text()
      expect(answer.status).toBe(500)
      expect(answer.headers.get('x-vercel-error')).toBeNull()
      expect(body).not.toContain('NUXT_')
    }
    expect(site.coldStarts()).toBe(1)
    expect(site.output()).toContain('NUXT_ACCESS is not set')
    expect(site.output()).toContain('NUXT_SESSION_PASSWORD is shorter')
    expect(site.output()).not.toContain('hunter2')
  } finally {
    await site.stop()
    await store.close()
  }
})
