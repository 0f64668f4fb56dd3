import type { World } from './support/world'
import type { Page } from 'playwright-core'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './support/eventually'
import { createWorld, inWorld } from './support/world'

const MiB = 1024 * 1024
const slow = { bytesPerSecond: 40 * MiB }
const partBytes = 5 * MiB
const settings = { NUXT_PUBLIC_PART_BYTES: String(partBytes) }
const fileBytes = 20 * partBytes + 12_345
const name = 'voyage.bin'
/** A call that a busy store leaves unanswered is given up after 30 seconds; the offer comes from local records then. */
const offerMs = 60_000

/**
 * Makes a file of random bytes in the origin private file system, whose handles are real ones that need no leave, and
 * has the browser's chooser hand out its handle. Answers its SHA-256 (hex).
 */
async function offerInChooser(page: Page): Promise<string> {
  return await page.evaluate(async ({ name, fileBytes }) => {
    const bytes = new Uint8Array(fileBytes)
    for (let start = 0; start < fileBytes; start += 65_536) crypto.getRandomValues(bytes.subarray(start, start + 65_536))
    const folder = await navigator.storage.getDirectory()
    const handle = await folder.getFileHandle(name, { create: true })
    const writable = await handle.createWritable()
    await writable.write(bytes)
    await writable.close()
    window.showOpenFilePicker = async () => [handle]
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  }, { name, fileBytes })
}

/** Sends 40 % of a file that was chosen with its handle, and kills the browser. */
async function leaveAfterTwoFifths(world: World, profile: string) {
  const visit = await world.visit(profile)
  const sha256 = await offerInChooser(visit.page)
  await visit.page.getByTestId('file-input').click()
  await eventually('40 % are stored', async () => (await world.store.storedParts()).length >= 0.4 * fileBytes / partBytes)
  await visit.kill()
  const stored = await world.store.listedParts()
  return { sha256, stored, endedAt: Date.now() }
}

async function expectContinued(world: World, { sha256, stored, endedAt }: Awaited<ReturnType<typeof leaveAfterTwoFifths>>) {
  const sentLater = (await world.store.storedParts()).filter(({ start }) => start > endedAt).map(({ partNumber = 0 }) => partNumber)
  expect(sentLater.filter((partNumber) => stored.includes(partNumber))).toEqual([])
  expect(sentLater.length).toBeGreaterThan(0)
  const [key = ''] = await world.store.keys('data/')
  expect(await world.store.readBack(key)).toEqual({ sha256, bytes: fileBytes })
  expect(await world.store.openMultipartUploads()).toBe(0)
}

describe('a file that was chosen with its handle, after a kill of the browser at 40 %', () => {
  it('goes on by itself when the page is opened again', () => inWorld(slow, async (world) => {
    const profile = await world.newProfile()
    const before = await leaveAfterTwoFifths(world, profile)

    const later = await world.visit(profile)
    await later.untilStatus(name, 'completed')
    expect(await later.sha256(name)).toBe(before.sha256)
    await expectContinued(world, before)
  }, settings))

  it('waits for Continue where the person wishes that, and needs no chooser then', () => inWorld(slow, async (world) => {
    const profile = await world.newProfile()
    const first = await world.visit(profile)
    await first.page.getByTestId('settings').click()
    await first.page.getByTestId('setting-goes-on').uncheck()
    // Chromium writes settings to disk late, but when it is closed.
    await first.quit()
    const before = await leaveAfterTwoFifths(world, profile)

    const later = await world.visit(profile)
    await later.offer.waitFor({ timeout: offerMs })
    expect(await later.offer.getByTestId('choose-file').isVisible()).toBe(true)
    expect(await later.row(name).getAttribute('data-status')).toBe('paused')
    await later.offer.getByTestId('continue').click()
    await later.untilStatus(name, 'completed')
    expect(await later.sha256(name)).toBe(before.sha256)
    await expectContinued(world, before)
  }, settings))
})

describe('a real drop', () => {
  /** Files and folders are dropped in the middle of the page. */
  async function drop(page: Page, ...paths: string[]) {
    const session = await page.context().newCDPSession(page)
    const data = { items: [], files: paths, dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
    await session.detach()
  }

  /** Names and kinds of the handles in the local database, by the names of their files; null where there is none. */
  function rememberedHandles(page: Page) {
    return page.evaluate(async () => {
      const answer = <T>(request: IDBRequest<T>) => new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      const database = await answer(indexedDB.open('lading'))
      const records: { fileName: string, handle?: FileSystemFileHandle }[] = await answer(database.transaction('uploads').objectStore('uploads').getAll())
      database.close()
      return Object.fromEntries(records.map(({ fileName, handle }) => [fileName, handle instanceof FileSystemFileHandle ? handle.name : null]))
    })
  }

  it('keeps the handle; without leave the upload waits, and goes on with the file picked by hand while the browser asks', () => inWorld(slow, async (world) => {
    const profile = await world.newProfile()
    const file = await world.samples.file(name, fileBytes)
    const first = await world.visit(profile)
    await drop(first.page, file.path)
    await eventually('40 % are stored', async () => (await world.store.storedParts()).length >= 0.4 * fileBytes / partBytes)
    expect(await rememberedHandles(first.page)).toEqual({ [name]: name })
    await first.kill()
    const before = { sha256: file.sha256, stored: await world.store.listedParts(), endedAt: Date.now() }

    const second = await world.visit(profile)
    await second.offer.waitFor({ timeout: offerMs })
    // Nobody answers: a browser without a window shows its question to no one.
    await second.offer.getByTestId('continue').click()
    expect(await second.row(name).getAttribute('data-status')).toBe('paused')
    await second.continueWith(file)
    await second.untilStatus(name, 'completed')
    await expectContinued(world, before)
  }, settings))

  it('of a folder sends all files in it, with handles but for names that the browser thinks dangerous', () => inWorld({ bytesPerSecond: MiB }, async (world) => {
    const sample = await world.samples.file('deep.bin', 2 * partBytes)
    const folder = join(dirname(sample.path), 'photos')
    await mkdir(join(folder, 'inside'), { recursive: true })
    await rename(sample.path, join(folder, 'inside', sample.name))
    await writeFile(join(folder, 'shortcut.lnk'), 'x'.repeat(2 * partBytes))
    const visit = await world.visit(await world.newProfile())
    await drop(visit.page, folder)
    await eventually('both are remembered', async () => (await visit.rememberedUploads()).uploads === 2)
    expect(await rememberedHandles(visit.page)).toEqual({ 'deep.bin': 'deep.bin', 'shortcut.lnk': null })
  }, settings))
})

describe('the chooser', () => {
  let world: World
  let visit: Awaited<ReturnType<World['visit']>>

  beforeAll(async () => {
    world = await createWorld()
    visit = await world.visit(await world.newProfile())
  })
  afterAll(() => world.end())

  /** What the page's chooser does from now on when it is asked for. */
  async function chooserThat(fails: string) {
    await visit.page.evaluate((fails) => {
      window.showOpenFilePicker = async () => {
        document.body.dataset.asked = String(Number(document.body.dataset.asked ?? 0) + 1)
        throw new DOMException('No', fails)
      }
    }, fails)
  }
  const timesAsked = () => visit.page.evaluate(() => Number(document.body.dataset.asked ?? 0))

  it('opens by keyboard, and changes nothing when it is closed', async () => {
    await chooserThat('AbortError')
    await visit.page.getByTestId('file-input').focus()
    await visit.page.keyboard.press('Enter')
    await eventually('it is asked for', async () => await timesAsked() === 1)
    expect(await visit.page.getByTestId('upload-row').count()).toBe(0)
  })

  it('is the input\'s own where the one with handles can\'t be shown', async () => {
    await chooserThat('SecurityError')
    const opened = visit.page.waitForEvent('filechooser')
    await visit.page.getByTestId('file-input').click()
    const own = await opened
    expect(own.isMultiple()).toBe(true)
    const file = await world.samples.file('plain.bin', MiB)
    await own.setFiles(file.path)
    await visit.untilStatus(file.name, 'completed')
    expect(await visit.sha256(file.name)).toBe(file.sha256)
  })
})
