import { createHash, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newFile } from '~/tests/contract/lab'
import { createProfile, startBrowser } from '~/tests/e2e/support/browser'
import { partBytes, useSecurityWorld } from './support/securityWorld'

const world = useSecurityWorld()
const script = 'document.title = "ran"; window.name = "ran"; fetch("http://127.0.0.1:9/ran")'
const hostile: [string, string, string][] = [
  ['evil.html', 'text/html', `<html><script>${script}</script></html>`],
  ['evil.htm', 'text/html; charset=utf-8', `<script>${script}</script>`],
  ['evil.svg', 'image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg"><script>${script}</script></svg>`],
  ['evil.xml', 'text/xml', `<x xmlns:h="http://www.w3.org/1999/xhtml"><h:script>${script}</h:script></x>`],
  ['evil.xhtml', 'application/xhtml+xml', `<html xmlns="http://www.w3.org/1999/xhtml"><script>${script}</script></html>`],
  ['evil.js', 'text/javascript', script],
  ['evil.mht', 'multipart/related', `<script>${script}</script>`],
  ['evil.png', 'image/png', `<html><script>${script}</script></html>`],
  ['evil.txt', 'text/plain', `<html><script>${script}</script></html>`],
  ['evil.pdf', ' TEXT/HTML\t', `<script>${script}</script>`],
]
const allowed = new Set(['image/png', 'text/plain', 'application/octet-stream'])

/** A file with this content, sent the whole way. */
async function deliver([fileName, contentType, content]: (typeof hostile)[number]) {
  const bytes = Buffer.from(content)
  const made = newFile(bytes.length, partBytes)
  const parts = [{ partNumber: 1, bytes: bytes.length, digest: createHash('md5').update(bytes).digest('base64') }]
  const id = randomUUID()
  const receipt = await world.first.deliver({ ...made, id, content: bytes, slices: [bytes], parts, request: { ...made.request, id, fileName, contentType } })
  const key = (await world.store.keys('data/')).find((found) => found.endsWith(id)) ?? ''
  const { url } = (await world.first.call(`/api/files/${id}/download`)).json as { url: string }
  return { receipt, key, url }
}

describe.each(hostile)('%s, said to be %j,', (...file) => {
  it('lies in the store as an attachment of a type that no browser runs, and comes as one', async () => {
    const { key, url, receipt } = await deliver(file)
    const { ContentType = '', ContentDisposition = '' } = await world.store.head(key)
    expect(allowed).toContain(ContentType)
    expect(ContentDisposition).toMatch(/^attachment;/)
    expect(receipt.contentType).toBe(ContentType)

    const answer = await fetch(url)
    expect(await answer.text()).toBe(file[2])
    expect(answer.headers.get('content-type')).toBe(ContentType)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment;/)
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    // Without a signature, and with another answer than the signed one, there is nothing.
    expect((await fetch(url.split('?')[0] ?? '')).status).toBe(403)
    expect((await fetch(url.replace('response-content-disposition=attachment', 'response-content-disposition=inline'))).status).toBe(403)
    expect((await fetch(url.replace(/response-content-type=[^&]*/, 'response-content-type=text%2Fhtml'))).status).toBe(403)
  })
})

it('a browser that is sent to a hostile file downloads it and runs nothing of it', async () => {
  const profile = await createProfile()
  const browser = await startBrowser(profile.path)
  try {
    const asked: string[] = []
    browser.context.on('request', (request) => asked.push(request.url()))
    const page = await browser.open(world.site.url)
    for (const file of hostile) {
      const { url } = await deliver(file)
      const arrived = page.waitForEvent('response', (response) => response.url() === url)
      // A download ends a navigation without a new page: Chromium calls that aborted.
      await expect(page.goto(url)).rejects.toThrow(/ERR_ABORTED|Download is starting/)
      expect((await arrived).status()).toBe(200)
      expect(page.url()).toBe(`${world.site.url}/`)
      expect(await page.evaluate(() => [document.title, window.name])).toEqual(['Lading', ''])
    }
    expect(asked.filter((url) => url.endsWith('/ran'))).toEqual([])
  } finally {
    await browser.kill()
    await profile.remove()
  }
})
