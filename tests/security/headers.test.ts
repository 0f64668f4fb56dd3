import type { Page } from 'playwright-core'
import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { startSite } from '~/tests/e2e/support/site'
import { inWorld } from '~/tests/e2e/support/world'
import { useSecurityWorld } from './support/securityWorld'
import { send } from './support/send'

const world = useSecurityWorld()
const html = { accept: 'text/html' }

function policyOf(headers: Record<string, unknown>): Record<string, string[]> {
  const directives = String(headers['content-security-policy']).split(';').map((directive) => directive.trim().split(/\s+/)).filter(([name]) => name)
  return Object.fromEntries(directives.map(([name = '', ...sources]) => [name, sources]))
}

describe.each(['/', '/no-such-page'])('the page %s', (path) => {
  it('may run its own scripts alone, talk to the site and the store alone, and stand in nobody\'s frame', async () => {
    const { headers, text } = await send(world.site.url, path, { headers: html })
    const policy = policyOf(headers)
    const nonce = /'nonce-([^']+)'/.exec(String(policy['script-src']))?.[1] ?? ''
    expect(nonce.length).toBeGreaterThanOrEqual(22)
    expect(policy).toMatchObject({
      'default-src': ['\'none\''],
      'base-uri': ['\'none\''],
      'connect-src': ['\'self\'', new URL(world.store.env.NUXT_S3_ENDPOINT ?? '').origin],
      'form-action': ['\'self\''],
      'frame-ancestors': ['\'none\''],
      'object-src': ['\'none\''],
      'script-src': ['\'self\'', `'nonce-${nonce}'`, '\'wasm-unsafe-eval\''],
      'script-src-attr': ['\'none\''],
      'style-src': ['\'self\'', `'nonce-${nonce}'`],
      'worker-src': ['\'self\''],
    })
    const tags = text.match(/<(?:script|style)\b[^>]*>/g) ?? []
    expect(tags.length).toBeGreaterThan(0)
    expect(tags.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([])
    expect(headers['cache-control']).toMatch(/no-cache|no-store/)
    expect(headers['cache-control']).not.toContain('public')
  })

  it('has another nonce each time', async () => {
    const policies = await Promise.all([1, 2, 3].map(async () => (await send(world.site.url, path, { headers: html })).headers['content-security-policy']))
    expect(new Set(policies).size).toBe(3)
  })
})

it.each(['/', '/no-such-page', '/favicon.svg', '/api/health', '/api/upload/pending', '/api/no-such-call', '/_nuxt/no-such-file.js'])('%s is not sniffed, framed, or named to others, and comes by https ever after', async (path) => {
  for (const accept of ['text/html', '*/*']) {
    const { headers } = await send(world.site.url, path, { headers: { accept } })
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' })
    expect(headers['strict-transport-security']).toMatch(/^max-age=(?:[3-9]\d{7})/)
    expect(headers['x-powered-by']).toBeUndefined()
    if (path.startsWith('/api/')) expect(policyOf(headers)).toEqual({ 'default-src': ['\'none\''], 'frame-ancestors': ['\'none\''] })
  }
})

it('the worker, which obeys its own answer\'s policy, may hash and nothing else', async () => {
  const worker = (await readdir('.output/public/_nuxt')).find((name) => name.includes('hash.worker'))
  const { headers } = await send(world.site.url, `/_nuxt/${worker}`)
  expect(policyOf(headers)).toEqual({ 'default-src': ['\'none\''], 'script-src': ['\'self\'', '\'wasm-unsafe-eval\''], 'frame-ancestors': ['\'none\''] })
})

it('every address of the bucket is one that the page may talk to, without its path', async () => {
  const bucket = world.store.env.NUXT_S3_BUCKET
  const site = await startSite(world.store, { NUXT_S3_HOSTS: `https://${bucket}.s3.store.example,https://s3.other.example:8443/${bucket}` })
  try {
    const policy = policyOf((await send(site.url, '/', { headers: html })).headers)
    expect(policy['connect-src']?.slice(2)).toEqual([`https://${bucket}.s3.store.example`, 'https://s3.other.example:8443'])
  } finally {
    await site.stop()
  }
})

it.each([['us-west-2', 'true', 'https://s3.us-west-2.amazonaws.com'], ['eu-central-1', 'false', 'https://files.s3.eu-central-1.amazonaws.com']])('AWS is known by its region (%s) before any credentials are', async (region, pathStyle, origin) => {
  const site = await startSite(world.store, { NUXT_S3_ENDPOINT: '', NUXT_S3_BUCKET: 'files', NUXT_S3_REGION: region, NUXT_S3_FORCE_PATH_STYLE: pathStyle, NUXT_S3_PROVIDER: 'aws', NUXT_S3_ACCESS_KEY_ID: '', NUXT_S3_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' })
  try {
    expect(policyOf((await send(site.url, '/', { headers: html })).headers)['connect-src']).toEqual(['\'self\'', origin])
  } finally {
    await site.stop()
  }
})

/** From now on every violation of a policy in this page, in whatever document it shows. */
async function watchViolations(page: Page): Promise<string[]> {
  const violations: string[] = []
  page.on('console', (message) => { if (/content security policy/i.test(message.text())) violations.push(message.text()) })
  await page.exposeFunction('tellViolation', (text: string) => violations.push(text))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      void (globalThis as unknown as { tellViolation(text: string): void }).tellViolation(`${effectiveDirective} ${blockedURI}`)
    })
  })
  return violations
}

it('a whole visit in a browser breaks no rule of the policy: adding, pausing, the parts, settings, the receipt, a download, a reload, deleting', () => inWorld({ bytesPerSecond: 20 * 1024 * 1024 }, async (story) => {
  const visit = await story.visit(await story.newProfile())
  const { page } = visit
  const violations = await watchViolations(page)
  await page.reload({ waitUntil: 'networkidle' })
  await visit.setConcurrency(2)
  const file = await story.samples.file('report.pdf', 20 * 1024 * 1024)
  await visit.add(file)
  await visit.row(file.name).getByTestId('toggle-parts').click()
  await visit.row(file.name).getByTestId('pause').click()
  await visit.untilStatus(file.name, 'paused')
  await page.reload({ waitUntil: 'networkidle' })
  await visit.continueWith(file)
  await visit.untilStatus(file.name, 'completed')
  await visit.sha256(file.name)

  const downloading = page.waitForEvent('request', (request) => request.url().includes('response-content-disposition'))
  await page.getByTestId('file-row').getByTestId('download').click()
  await downloading
  await page.getByTestId('file-row').getByTestId('delete').click()
  await page.getByTestId('confirm-delete').click()
  await page.getByTestId('file-row').waitFor({ state: 'detached' })
  expect(violations).toEqual([])

  // What the page may not do is seen: the watching itself works.
  await page.evaluate(async () => await fetch('http://127.0.0.1:9/').catch(() => {}))
  expect(violations.join()).toContain('connect-src')
}))
