import type { Page } from 'playwright-core'
import type { SampleFile } from './support/sampleFile'
import type { TestSite } from './support/site'
import type { World } from './support/world'
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually'
import type { OpenidProvider } from './support/openidProvider'
import { startOpenidProvider } from './support/openidProvider'
import { storySettings, tellMainStory } from './support/mainStory'
import { freePort } from './support/processes'
import { startSite } from './support/site'
import { inWorld } from './support/world'

const KiB = 1024
const partBytes = 256 * KiB
const parts = 20
const fileBytes = parts * partBytes - 1000
const store = { bytesPerSecond: 2 * 1024 * KiB, minPartBytes: 64 * KiB }
const scaled = { NUXT_S3_MIN_PART_BYTES: String(64 * KiB), NUXT_PUBLIC_PART_BYTES: String(partBytes) }
const otherSecret = 'Hq7wB2xNf9kLc4vZr8tYm3jDs6pGa5eU'
const passcode = 'seven grey harbours'
const passcodeMode = { ...scaled, NUXT_ACCESS: 'passcode', NUXT_PASSCODE: passcode }
const json = { 'content-type': 'application/json', 'x-lading': '1' }

async function enter(page: Page, word: string) {
  await page.getByTestId('passcode').fill(word)
  await page.getByTestId('enter').click()
}

async function untilStored(world: World, count: number) {
  await eventually('some parts are stored', async () => (await world.store.storedParts()).length >= count)
}

async function expectDelivered(world: World, file: SampleFile) {
  const [key = '', ...more] = await world.store.keys('data/')
  expect(more).toEqual([])
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
  expect(await world.store.openMultipartUploads()).toBe(0)
}

/** Puts another server in the place of the world's, and takes it away at the end. */
async function withRestarts(world: World, env: Record<string, string>, story: (restart: (changes: Record<string, string>) => Promise<void>) => Promise<void>) {
  let latest: TestSite = world.site
  try {
    await story(async (changes) => {
      await latest.stop('SIGKILL')
      latest = await startSite(world.store, { ...env, ...changes, PORT: new URL(world.site.url).port })
    })
  } finally {
    await latest.stop()
  }
}

const sessionCookie = async (page: Page) => (await page.context().cookies()).find(({ name }) => name === '__Host-lading')

describe('a site that is open', () => {
  it('asks nobody, and knows its browsers by a cookie that is safe from scripts and other sites', () => inWorld({}, async (world) => {
    const { page } = await world.visit(await world.newProfile())
    await page.getByTestId('drop-zone').waitFor()
    await page.getByTestId('file-input').waitFor({ state: 'attached' })
    expect(await page.getByTestId('sign-in').count()).toBe(0)
    expect(await page.getByTestId('sign-out').count()).toBe(0)
    const cookie = await eventually('the cookie is there', () => sessionCookie(page))
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' })
    // 400 days, which is the most that browsers keep.
    expect(cookie.expires - Date.now() / 1000).toBeGreaterThan(399 * 24 * 3600)
    expect(await page.evaluate(() => document.cookie)).not.toContain('__Host-')
    expect((await fetch(`${world.site.url}/auth/github`, { redirect: 'manual' })).status).toBe(404)
    const answer = await fetch(`${world.site.url}/api/session/passcode`, { method: 'POST', headers: json, body: JSON.stringify({ passcode }) })
    expect(answer.status).toBe(404)
  }))
})

describe('a site with a passcode', () => {
  it('lets nobody in without it, slows guesses, and then goes on after a crash as any other', () => inWorld(store, async (world) => {
    const file = await world.samples.file('voyage.bin', fileBytes)
    const profile = await world.newProfile()
    const first = await world.visit(profile)
    const { page } = first
    await page.getByTestId('sign-in').waitFor()
    expect(await page.getByTestId('drop-zone').count()).toBe(0)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('passcode')
    expect(await sessionCookie(page)).toBeUndefined()

    await enter(page, 'six grey harbours')
    await page.locator('[data-testid="entry-failure"][data-code="wrong_passcode"]').waitFor()
    expect(await page.getByTestId('passcode').getAttribute('aria-invalid')).toBe('true')
    for (let guess = 2; guess <= 5; guess++) {
      const answered = page.waitForResponse('**/api/session/passcode')
      await enter(page, `guess ${guess}`)
      expect((await answered).status()).toBe(403)
    }
    await enter(page, 'guess 6')
    await page.locator('[data-testid="entry-failure"][data-code="rate_limited"]').waitFor()
    expect(await page.getByTestId('enter').isDisabled()).toBe(true)
    await page.locator('[data-testid="enter"]:not([disabled])').waitFor()
    await page.getByTestId('passcode').fill(passcode)
    await page.keyboard.press('Enter')
    await page.getByTestId('drop-zone').waitFor()
    expect(await sessionCookie(page)).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax' })

    await first.add(file)
    await untilStored(world, parts / 3)
    await first.kill()

    // Chromium writes cookies down late: this one may be lost, and then the passcode is asked for again.
    const second = await world.visit(profile)
    await second.page.locator('[data-testid="resume-offer"], [data-testid="passcode"]').first().waitFor()
    if (await second.page.getByTestId('passcode').count() > 0) {
      expect(await second.offer.count()).toBe(0)
      await enter(second.page, passcode)
    }
    await second.offer.waitFor()
    await second.continueWith(file)
    await second.untilStatus(file.name, 'completed')
    await expectDelivered(world, file)
    expect(world.site.output()).not.toContain('harbours')
  }, passcodeMode))

  it('takes no identity for a passcode', () => inWorld(store, async (world) => {
    const { page } = await world.visit(await world.newProfile())
    await enter(page, passcode)
    await page.getByTestId('drop-zone').waitFor()
    // With the page go the calls that it still has under way.
    await page.goto('about:blank')
    await page.context().clearCookies()
    const renewal = page.waitForResponse('**/api/session')
    await page.goto(world.site.url)
    const answer = await renewal
    expect(answer.request().postDataJSON()).toMatchObject({ identity: { signature: expect.any(String) } })
    expect(answer.status()).toBe(401)
    expect((await answer.allHeaders())['set-cookie']).toBeUndefined()
    await page.getByTestId('sign-in').waitFor()
  }, passcodeMode))

  it('lets an upload wait when its session ends, and go on as soon as the passcode is given, in the same page', () => inWorld(store, (world) => withRestarts(world, passcodeMode, async (restart) => {
    const file = await world.samples.file('voyage.bin', 2 * fileBytes)
    const visit = await world.visit(await world.newProfile())
    await enter(visit.page, passcode)
    await visit.add(file)
    await untilStored(world, parts / 3)
    await restart({ NUXT_SESSION_PASSWORD: otherSecret })
    await visit.untilWaiting(file.name, 'sign_in')
    await visit.page.getByTestId('sign-in').waitFor()
    expect(await visit.page.getByTestId('drop-zone').count()).toBe(0)
    await enter(visit.page, passcode)
    await visit.page.getByTestId('drop-zone').waitFor()
    await visit.untilStatus(file.name, 'completed')
    await expectDelivered(world, file)
    const sent = (await world.store.storedParts()).map(({ partNumber }) => partNumber)
    expect(sent).toHaveLength(new Set(sent).size)
  }), passcodeMode))

  it('puts everybody out when it gets another passcode, and the old one lets nobody in', () => inWorld({}, (world) => withRestarts(world, passcodeMode, async (restart) => {
    const { page } = await world.visit(await world.newProfile())
    await enter(page, passcode)
    await page.getByTestId('drop-zone').waitFor()
    await restart({ NUXT_PASSCODE: 'eight grey harbours' })
    await page.reload()
    await enter(page, passcode)
    await page.locator('[data-testid="entry-failure"][data-code="wrong_passcode"]').waitFor()
    await enter(page, 'eight grey harbours')
    await page.getByTestId('drop-zone').waitFor()
  }), passcodeMode))

  it('counts guesses that are made at once, says when to come again, and takes calls from its own pages alone', () => inWorld({}, async (world) => {
    const address = `${world.site.url}/api/session/passcode`
    const knock = (headers: Record<string, string>, body = JSON.stringify({ passcode: 'six grey harbours' })) => fetch(address, { method: 'POST', headers, body })
    const { 'x-lading': _, ...unmarked } = json
    expect((await knock(unmarked)).status).toBe(403)
    expect((await knock({ ...json, origin: 'https://evil.example' })).status).toBe(403)
    expect((await knock({ ...json, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await knock({ 'x-lading': '1', 'content-type': 'text/plain' })).status).toBe(415)
    expect((await fetch(address)).status).toBe(405)
    expect((await knock(json, JSON.stringify({ passcode, owner: 'me' }))).status).toBe(400)

    // So few that they are answered before the first wait, of a second, is over.
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => knock({ ...json, 'x-forwarded-for': `192.0.2.${index}` })))
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(5)
    const slowed = answers.filter(({ status }) => status === 429)
    expect(slowed).toHaveLength(15)
    for (const { headers } of slowed) expect(headers.get('retry-after')).toBe('1')
    expect((await knock(json, JSON.stringify({ passcode }))).status).toBe(429)
  }, passcodeMode))
})

describe('a stranger', () => {
  const routes = [
    ['GET', 'upload/pending'], ['GET', 'upload/status?id=x'], ['GET', 'room'], ['GET', 'files'], ['GET', 'files/x/download'], ['GET', 'files/x/parts'], ['DELETE', 'files/x'],
    ...['initiate', 'sign', 'complete', 'seal', 'abort'].map((name) => ['POST', `upload/${name}`]), ['POST', 'session'],
  ]

  it.each([['passcode', passcodeMode], ['oauth', { NUXT_ACCESS: 'oauth', NUXT_OAUTH_GITHUB_CLIENT_ID: 'id', NUXT_OAUTH_GITHUB_CLIENT_SECRET: 'Zx81cV4nQ' }]])('is told nothing but to sign in, whatever the call and its body: %s', (_, env) => inWorld({}, async (world) => {
    for (const [method = '', path = ''] of routes) {
      for (const body of method === 'POST' ? ['', 'x', '{}', '{"id":1}', 'x'.repeat(100_000)] : [undefined]) {
        const answer = await fetch(`${world.site.url}/api/${path}`, { method, body, headers: { 'x-lading': '1', 'content-type': 'text/plain' } })
        expect([method, path, answer.status]).toEqual([method, path, 401])
        expect(await answer.json()).toMatchObject({ code: 'sign_in' })
        expect(answer.headers.get('set-cookie')).toBeNull()
      }
    }
    const page = await (await fetch(world.site.url)).text()
    expect(page).not.toContain('Zx81cV4nQ')
    expect(page).not.toContain(passcode)
  }, env))
})

describe('session secrets', () => {
  it('are replaced without anybody becoming a stranger: the first of the list seals, all of it opens', () => inWorld({}, (world) => withRestarts(world, {}, async (restart) => {
    const first = 'Vt9mE2xqL7rJ4wZc8nYb3kHd6sPf5gTa'
    const renew = async (cookie: string) => {
      const answer = await fetch(`${world.site.url}/api/session`, { method: 'POST', headers: { ...json, cookie }, body: '{}' })
      const { owner } = await answer.json() as { owner: string }
      return { owner, cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' }
    }
    const reaches = async (cookie: string) => (await fetch(`${world.site.url}/api/upload/pending`, { headers: { cookie } })).status
    const before = await renew('')
    await restart({ NUXT_SESSION_PASSWORD: `${otherSecret},${first}` })
    expect(await reaches(before.cookie)).toBe(200)
    const renewed = await renew(before.cookie)
    expect(renewed.owner).toBe(before.owner)
    await restart({ NUXT_SESSION_PASSWORD: otherSecret })
    expect(await reaches(before.cookie)).toBe(401)
    expect(await reaches(renewed.cookie)).toBe(200)
  })))
})

/** A site whose people sign in at a provider of their own. */
async function inHarbour(story: (world: World, provider: OpenidProvider, env: Record<string, string>) => Promise<void>, settings: Record<string, string> = {}) {
  const port = String(await freePort())
  const provider = await startOpenidProvider(`http://localhost:${port}`)
  const env = { ...scaled, ...provider.env, ...settings, PORT: port }
  try {
    await inWorld(store, (world) => story(world, provider, env), env)
  } finally {
    await provider.close()
  }
}

async function signIn(page: Page, provider: OpenidProvider, login: string) {
  await page.getByTestId('sign-in-oidc').click()
  await provider.signIn(page, login)
  await page.getByTestId('drop-zone').waitFor()
}

describe('a site with a provider', () => {
  it('bears the main story: a killed browser, the person back, the same files, all of them delivered', () => inHarbour((world, provider) => tellMainStory(world, {
    files: 2,
    async comeIn(page) {
      // Chromium writes cookies down late: the site's may be lost with the browser, and the provider's is of one visit.
      await page.locator('[data-testid="drop-zone"], [data-testid="sign-in-oidc"]').first().waitFor()
      if (await page.getByTestId('sign-in-oidc').count() > 0) await signIn(page, provider, 'ann')
    },
  }), storySettings))

  it('knows a person on every device, and nobody else', () => inHarbour(async (world, provider) => {
    const file = await world.samples.file('voyage.bin', fileBytes)
    const first = await world.visit(await world.newProfile())
    await signIn(first.page, provider, 'ann')
    expect(await first.page.getByTestId('person').innerText()).toBe('ann of the harbour')
    await first.add(file)
    await untilStored(world, parts / 3)
    await first.row(file.name).getByTestId('pause').click()
    await first.untilStatus(file.name, 'paused')

    const stranger = await world.visit(await world.newProfile())
    await signIn(stranger.page, provider, 'ben')
    const second = await world.visit(await world.newProfile())
    await signIn(second.page, provider, 'ann')
    await second.offer.waitFor()
    await second.page.getByTestId('from-another-device').waitFor()
    expect(await stranger.offer.count()).toBe(0)
    expect(await stranger.page.getByTestId('upload-row').count()).toBe(0)

    await second.continueWith(file)
    await second.untilStatus(file.name, 'completed')
    await expectDelivered(world, file)
    const sent = (await world.store.storedParts()).map(({ partNumber }) => partNumber)
    expect(sent).toEqual([...new Set(sent)])
  }))

  it('says why nobody came in: cancelled, not on the list, or never begun here', () => inHarbour(async (world, provider) => {
    const { page } = await world.visit(await world.newProfile())
    await page.getByTestId('sign-in-oidc').click()
    await provider.cancel(page)
    await page.locator('[data-testid="sign-in-failure"][data-code="cancelled"]').waitFor()
    await page.getByTestId('sign-in-oidc').click()
    await provider.signIn(page, 'ben')
    await page.locator('[data-testid="sign-in-failure"][data-code="not_allowed"]').waitFor()
    expect(await sessionCookie(page)).toBeUndefined()

    // Somebody else's code, brought to this browser by a link: its person would upload into that one's account.
    for (const query of ['code=theirs', 'code=theirs&state=', 'code=theirs&state=x', 'error=access_denied']) {
      await page.goto(`${world.site.url}/auth/oidc?${query}`)
      await page.locator('[data-testid="sign-in-failure"][data-code="expired"]').waitFor()
    }
    expect(await sessionCookie(page)).toBeUndefined()
  }, { NUXT_OAUTH_ALLOWED: 'ann@example.org,example.com' }))

  it('shows nothing of one person to the next in the same browser, in no tab, and everything to the first again', () => inHarbour(async (world, provider) => {
    const file = await world.samples.file('voyage.bin', 3 * fileBytes)
    const visit = await world.visit(await world.newProfile())
    const { page } = visit
    await signIn(page, provider, 'ann')
    const other = await visit.browser.open(world.site.url)
    await other.getByTestId('drop-zone').waitFor()
    await visit.add(file)
    await untilStored(world, parts / 3)
    await other.getByTestId('upload-row').waitFor()

    await page.getByTestId('sign-out').click()
    await page.getByTestId('confirm-sign-out').click()
    for (const tab of [page, other]) {
      await tab.getByTestId('sign-in').waitFor()
      expect(await tab.getByTestId('upload-row').count()).toBe(0)
    }
    expect(await sessionCookie(page)).toBeUndefined()
    expect(await world.store.openMultipartUploads()).toBe(1)
    expect(await visit.rememberedUploads()).toMatchObject({ uploads: 1 })

    // The provider itself still knows the first one.
    const atHome = (await page.context().cookies()).filter(({ domain }) => domain === 'localhost')
    await page.context().clearCookies()
    await page.context().addCookies(atHome)
    await signIn(page, provider, 'ben')
    const list = page.waitForResponse('**/api/upload/pending')
    await page.reload()
    await list
    await page.getByTestId('drop-zone').waitFor()
    await other.getByTestId('drop-zone').waitFor()
    for (const tab of [page, other]) expect(await tab.getByTestId('upload-row').count()).toBe(0)
    expect(await page.getByTestId('person').innerText()).toBe('ben of the harbour')
    expect(await visit.rememberedUploads()).toMatchObject({ uploads: 1 })

    await page.getByTestId('sign-out').click()
    await page.getByTestId('sign-in').waitFor()
    await page.context().clearCookies()
    await signIn(page, provider, 'ann')
    await visit.offer.waitFor()
    expect(await visit.page.getByTestId('from-another-device').count()).toBe(0)
  }))

  it('lets an upload wait when its session ends, and go on after signing in in another tab', () => inHarbour((world, provider, env) => withRestarts(world, env, async (restart) => {
    const file = await world.samples.file('voyage.bin', 2 * fileBytes)
    const visit = await world.visit(await world.newProfile())
    await signIn(visit.page, provider, 'ann')
    await visit.add(file)
    await untilStored(world, parts / 3)
    await restart({ NUXT_SESSION_PASSWORD: otherSecret })
    await visit.untilWaiting(file.name, 'sign_in')
    const opened = visit.page.context().waitForEvent('page')
    await visit.page.getByTestId('sign-in-oidc').click()
    const tab = await opened
    // The provider still knows who this is, and asks nothing.
    await tab.getByTestId('signed-in').waitFor()
    await visit.page.getByTestId('drop-zone').waitFor()
    await visit.untilStatus(file.name, 'completed')
    await expectDelivered(world, file)
  })))

  it('does nothing of one person\'s in the name of another who signs in meanwhile', () => inHarbour(async (world, provider) => {
    const file = await world.samples.file('voyage.bin', 2 * fileBytes)
    const visit = await world.visit(await world.newProfile())
    await signIn(visit.page, provider, 'ann')
    const ben = await world.visit(await world.newProfile())
    await signIn(ben.page, provider, 'ben')
    const bens = (await ben.page.context().cookies()).filter(({ name }) => name === '__Host-lading')
    await visit.add(file)
    await untilStored(world, parts / 3)
    // No tab hears of it: only the cookie is another one.
    await visit.page.context().addCookies(bens)
    await visit.page.getByTestId('upload-row').waitFor({ state: 'detached' })
    await visit.page.getByTestId('drop-zone').waitFor()
    await eventually('the page is the other person\'s', async () => await visit.page.getByTestId('person').innerText() === 'ben of the harbour')
    expect(new Set((await world.store.keys('records/')).map((key) => key.split('/')[1])).size).toBe(1)
    expect(await visit.offer.count()).toBe(0)
  }))
})
