import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { newFile } from '~/tests/contract/lab'
import { createProfile, startBrowser } from '~/tests/e2e/support/browser'
import { createSampleFolder } from '~/tests/e2e/support/sampleFile'
import { createUploadPage } from '~/tests/e2e/support/uploadPage'
import { partBytes, useSecurityWorld } from './support/securityWorld'

const world = useSecurityWorld()

/** What turns or hides what stands beside it, or would be more than text. */
const harmful = [
  '<img src=x onerror="window.name=\'ran\'">.png',
  '"><svg onload=window.name=\'ran\'>',
  '{{constructor.constructor("window.name=\'ran\'")()}}',
  'javascript:window.name=\'ran\'',
  'invoice\u202Egpj.exe',
  '\u200Fright\u200E\u061C\u2066isolated\u2069\u2067.txt',
  'bell\u0007null\u0000escape\u001B[31m\u0085.txt',
  'two\r\nlines\u2028\u2029.txt',
  'quo"te\\back;semi,comma=.txt',
  'a\r\nSet-Cookie: x=y\r\n\r\n<script>window.name=\'ran\'</script>',
]
const awkward = ['CON', 'nul.txt', 'x. ', '.', '..', '../../etc/passwd', '..\\..\\boot.ini', '~', '-rf', 'a\u0300\u0301', '\uD800 lone', '👩‍👩‍👧‍👦.zip', 'n'.repeat(1000)]

/** RFC 8187 in RFC 6266, read as a browser reads it. */
function nameIn(disposition: string): string {
  const [, exact = ''] = /^attachment; filename="[^"\\]*"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]*)$/.exec(disposition) ?? []
  return decodeURIComponent(exact)
}

/** A file of random bytes that is called so, in a folder of that name. */
function fileCalled(fileName: string) {
  const file = newFile(10, partBytes)
  return { ...file, request: { ...file.request, fileName, relativePath: `folder ${fileName}` } }
}

describe('a file called', () => {
  it.each([...harmful, ...awkward])('36: %j comes back in one header line of ASCII, under its own name', async (fileName) => {
    const { id } = await world.first.deliver(fileCalled(fileName))
    const { url } = (await world.first.call(`/api/files/${id}/download`)).json as { url: string }
    const disposition = (await fetch(url)).headers.get('content-disposition') ?? ''
    expect(disposition).toMatch(/^[\x20-\x7E]+$/)
    const whole = fileName.toWellFormed()
    expect(nameIn(disposition)).toBe(whole.length > 255 ? whole.slice(0, 255) : whole)
    expect(new URL(url).pathname).toMatch(/^\/[^/]+\/data\/[0-9a-f]{32}\/[0-9a-f-]{36}$/)
  })
})

it('in the page every name is text, without a character that turns or hides what stands beside it', async () => {
  for (const fileName of harmful) {
    await world.second.deliver(fileCalled(fileName))
    await world.second.open(fileCalled(fileName))
  }
  const samples = await createSampleFolder()
  const profile = await createProfile()
  const browser = await startBrowser(profile.path)
  try {
    const [name = '', value = ''] = world.second.cookie.split(/=(.*)/s)
    await browser.context.addCookies([{ name, value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }])
    const page = await browser.open(world.site.url)
    const offers = page.getByTestId('resume-offer')
    const files = page.getByTestId('file-row')
    // Few are shown until all are asked for.
    await page.locator('section', { has: offers }).locator('> button').click()
    await offers.nth(harmful.length - 1).waitFor()
    await files.nth(harmful.length - 1).waitFor()
    expect((await offers.allInnerTexts()).join('\n')).toContain('invoice\uFFFDgpj.exe')
    expect(await harmIn(page)).toEqual([])

    for (const ask of [offers.getByTestId('discard'), files.getByTestId('delete')]) {
      for (const index of harmful.keys()) {
        await ask.nth(index).click()
        await page.getByTestId('cancel-confirm').waitFor()
        expect(await harmIn(page)).toEqual([])
        await page.getByTestId('cancel-confirm').click()
        await page.getByTestId('cancel-confirm').waitFor({ state: 'detached' })
      }
    }

    await createUploadPage(page).add(await samples.file('new\u202Egpj\u0007\n.exe', 10))
    await page.locator('[data-testid="upload-row"][data-status="completed"]').waitFor()
    expect(await harmIn(page)).toEqual([])
    expect(await page.locator('main img, main svg[onload], main script').count()).toBe(0)
    expect(await page.evaluate(() => window.name)).toBe('')
  } finally {
    await browser.kill()
    await profile.remove()
    await samples.remove()
  }
})

/** Every text and attribute of the document that holds a control or bidi character. */
async function harmIn(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    // Line feeds and tabs stand between the tags of any page.
    const harm = /(?![\n\t])\p{Cc}|[\u2028\u2029\p{Bidi_Control}]/u
    const found: string[] = []
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
    for (let node: Node | null = walker.currentNode; node; node = walker.nextNode()) {
      const texts = node instanceof Element ? Array.from(node.attributes, ({ value }) => value) : [node.nodeValue ?? '']
      if (node.parentElement?.tagName !== 'SCRIPT') found.push(...texts.filter((text) => harm.test(text)))
    }
    return found
  })
}
