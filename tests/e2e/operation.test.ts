import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { execPath } from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestSite } from './support/site'
import type { TestStore } from './support/store'
import { eventually } from './support/eventually'
import { start } from './support/processes'
import { startSite } from './support/site'
import { startStore } from './support/store'

/** What Node and the SDK warn of is no line of ours. */
const quiet = { NODE_NO_WARNINGS: '1' }
const cronSecret = 'b7Xw2mQe9Rt4Yu6Io1Pa3Sd5Fg8Hj0Kl'

let store: TestStore
let site: TestSite
beforeAll(async () => {
  store = await startStore()
  site = await startSite(store, { ...quiet, NUXT_CRON_SECRET: cronSecret, NUXT_LOG_LEVEL: 'debug' })
})
afterAll(async () => {
  await site.stop()
  await store.close()
})

interface LogLine {
  level: string
  message: string
  route?: string
  status?: number
  requestId?: string
  [fact: string]: unknown
}

/** Everything the server has said since it listens. */
function logged({ output }: TestSite): LogLine[] {
  const [, ...lines] = output().split(/^Listening on .*$/m).join('\n').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogLine)
}

async function lineOf(of: TestSite, requestId: string | null): Promise<LogLine> {
  return await eventually(`the log has ${requestId}`, () => logged(of).find((line) => line.message === 'request' && line.requestId === requestId))
}

async function call(path: string, init: RequestInit = {}, of = site) {
  const answer = await fetch(`${of.url}${path}`, init)
  return { answer, status: answer.status, body: await answer.json().catch(() => undefined) as Record<string, unknown> | undefined, requestId: answer.headers.get('x-request-id') }
}

async function post(path: string, body: unknown, cookie = '') {
  return await call(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', 'x-lading': '1', 'origin': site.url, cookie } })
}

const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } })

describe('the scheduler\'s call', () => {
  it('is open to whoever has the secret, and tells what was freed', async () => {
    const { status, body } = await call('/api/cron/reap', bearer(cronSecret))
    expect(status).toBe(200)
    expect(body).toEqual({ uploads: 0, strays: 0, markers: 0, parts: 0, bytes: 0, failed: 0, isDone: true })
    expect(logged(site).filter(({ message }) => message === 'reaper')).toMatchObject([{ level: 'info', uploads: 0, bytes: 0 }])
  })

  it.each([
    ['no secret', {}],
    ['another one', bearer('a7Xw2mQe9Rt4Yu6Io1Pa3Sd5Fg8Hj0Kl')],
    ['a part of it', bearer(cronSecret.slice(0, -1))],
    ['more than it', bearer(`${cronSecret}x`)],
    ['an empty one', bearer('')],
    ['another scheme', { headers: { authorization: `Basic ${cronSecret}` } }],
    ['the secret without a scheme', { headers: { authorization: cronSecret } }],
    ['the secret in a cookie', { headers: { cookie: `cron=${cronSecret}` } }],
  ])('answers %s with 401', async (_, init) => {
    const { status, body, answer } = await call('/api/cron/reap', init)
    expect([status, body?.code, answer.headers.get('www-authenticate')]).toEqual([401, 'sign_in', 'Bearer'])
  })

  it('is a GET, and a changing method needs our own page besides', async () => {
    expect((await call('/api/cron/reap', { method: 'POST', ...bearer(cronSecret) })).status).toBe(403)
    const own = { 'x-lading': '1', 'authorization': `Bearer ${cronSecret}` }
    expect((await call('/api/cron/reap', { method: 'POST', headers: own })).status).toBe(405)
  })

  it('is not there where no secret is set, and has Vercel\'s name for it as well', async () => {
    const without = await startSite(store)
    const named = await startSite(store, { CRON_SECRET: cronSecret })
    try {
      const [reap, unknown] = [await call('/api/cron/reap', bearer(''), without), await call('/api/cron/nothing', {}, without)]
      expect([reap.status, { ...reap.body, requestId: '' }]).toEqual([404, { ...unknown.body, requestId: '' }])
      expect((await call('/api/cron/reap', bearer(cronSecret), named)).status).toBe(200)
    } finally {
      await without.stop()
      await named.stop()
    }
  })

  it('keeps a server with a weak secret from starting, by name and without the value', async () => {
    const env = { PATH: process.env.PATH, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', NUXT_ACCESS: 'open', NUXT_SESSION_PASSWORD: 'Vt9mE2xqL7rJ4wZc8nYb3kHd6sPf5gTa', ...store.env }
    const child = start(execPath, ['.output/server/index.mjs'], { env: { ...env, NUXT_CRON_SECRET: 'Qe9Rt4Yu6Io1' } })
    await eventually('the server ends', () => child.exitCode !== null)
    expect(child.exitCode).toBe(1)
    expect(JSON.parse(child.output())).toMatchObject({ level: 'error', message: expect.stringMatching(/^Lading cannot start: NUXT_CRON_SECRET/) })
    expect(child.output()).not.toContain('Qe9Rt4Yu6Io1')
  })
})

describe('the log', () => {
  it('has a line for each request, and nothing that names a file, a person, or opens anything', async () => {
    const began = await post('/api/session', {})
    const cookie = (began.answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const content = randomBytes(1000)
    const digest = createHash('md5').update(content).digest('base64')
    const file = { id: randomUUID(), fileName: 'Steuererklärung.pdf', relativePath: 'Privates', fileBytes: content.length, contentType: 'application/pdf', fingerprint: createHash('sha256').update(content).digest('hex'), partBytes: 5 * 1024 * 1024 }
    const opened = await post('/api/upload/initiate', file, cookie)
    const signed = await post('/api/upload/sign', { id: file.id, parts: [{ partNumber: 1, bytes: content.length, digest }] }, cookie)
    const [part] = signed.body?.parts as { url: string, headers: Record<string, string> }[]
    if (!part) throw new Error('not signed')
    const put = await fetch(part.url, { method: 'PUT', body: content, headers: part.headers })
    const etag = (put.headers.get('etag') ?? '').replaceAll('"', '')
    const completed = await post('/api/upload/complete', { id: file.id, parts: [{ partNumber: 1, etag, digest }] }, cookie)
    expect(completed.body).toMatchObject({ state: 'completed' })
    const download = await call(`/api/files/${file.id}/download?x=Steuer`, { headers: { cookie } })
    const stranger = await call(`/api/files/${randomUUID()}/download`)
    const foreign = await call('/api/upload/sign', { method: 'POST', headers: { origin: 'https://evil.example' } })

    for (const [{ requestId }, line] of [
      [began, { level: 'info', method: 'POST', route: '/api/session', status: 200 }],
      [opened, { route: '/api/upload/initiate', status: 200 }],
      [download, { method: 'GET', route: '/api/files/:id/download', status: 200 }],
      [stranger, { route: '/api/files/:id/download', status: 401, code: 'sign_in' }],
      [foreign, { route: '/api/**', status: 403, code: 'forbidden_origin' }],
    ] as const) expect(await lineOf(site, requestId)).toMatchObject({ ...line, message: 'request', ms: expect.any(Number), time: expect.any(String) })

    const owner = (await store.keys('data/')).map((key) => key.split('/')[1] ?? '')
    const query = new URL(part.url).searchParams
    const secrets = [
      file.id, file.fingerprint, file.fileName, 'Steuer', 'Privates', cookie.split('=')[1] ?? '', ...owner, digest, etag,
      query.get('X-Amz-Signature') ?? '', query.get('X-Amz-Credential') ?? '', String(download.body?.url), cronSecret, store.env.NUXT_S3_SECRET_ACCESS_KEY ?? '', store.env.NUXT_S3_ACCESS_KEY_ID ?? '',
    ]
    expect(secrets.filter((secret) => secret.length < 5)).toEqual([])
    expect(secrets.filter((secret) => site.output().includes(secret))).toEqual([])
  })
})

describe('health', () => {
  it('lives whatever the store does, and is ready as long as the bucket answers', async () => {
    const own = await startStore({ isProxied: true })
    const before = await startSite(own, quiet)
    try {
      expect((await call('/api/health/ready', {}, before)).body).toEqual({ ready: true })
      await own.proxy?.close()
      const down = await eventually('the store is missed', async () => {
        const ready = await call('/api/health/ready', {}, before)
        return ready.status === 200 ? undefined : ready
      })
      expect([down.status, down.body?.code]).toEqual([503, 'store_unavailable'])
      expect(await lineOf(before, down.requestId)).toMatchObject({ level: 'error', route: '/api/health/ready', code: 'store_unavailable', cause: 'ECONNREFUSED' })
      expect(before.output()).not.toContain(own.env.NUXT_S3_BUCKET ?? '')
      expect((await call('/api/health', {}, before)).body).toEqual({ live: true })
    } finally {
      await before.stop()
      await own.close()
    }
  })
})
