import type { Page } from 'playwright-core'
import type { SampleFile } from './support/sampleFile'
import type { World } from './support/world'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reset, throttle } from '~/tests/proxy'
import { eventually } from './support/eventually'
import { createWorld } from './support/world'

const MiB = 1024 * 1024
const partBytes = MiB
/** Read back in ranges that neither begin nor end where all parts do. */
const fileBytes = 22 * MiB + 5

let world: World
let visit: Awaited<ReturnType<World['visit']>>
let file: SampleFile

beforeAll(async () => {
  world = await createWorld({ minPartBytes: partBytes, isProxied: true }, {
    NUXT_S3_MIN_PART_BYTES: String(partBytes), NUXT_PUBLIC_PART_BYTES: String(partBytes), NUXT_PUBLIC_TIME_DIVISOR: '20',
  })
  visit = await world.visit(await world.newProfile())
  file = await world.samples.file('Harbour at dawn.mov', fileBytes)
  await visit.add(file)
  await visit.untilStatus(file.name, 'completed')
  await visit.sha256(file.name)
})

afterAll(() => world.end())

const row = () => visit.page.getByTestId('file-row')
const verdict = (outcome: string) => row().locator(`[data-testid="verify-state"][data-outcome="${outcome}"]`)

async function keyOfFile(): Promise<string> {
  const [key = ''] = await world.store.keys('data/')
  return key
}

/** Where the row says that the file differs. */
async function differing() {
  return await row().getByTestId('differing-parts').evaluateAll((lines: HTMLElement[]) => lines.map(({ dataset }) => ({ ...dataset })))
}

function gets() {
  return (world.store.proxy?.journal ?? []).filter(({ operation, path }) => operation === 'GetObject' && path.includes('/data/'))
}

describe('Verify', () => {
  it('calls what was sent identical, a few ranges at a time', async () => {
    await row().getByTestId('verify').click()
    await verdict('identical').waitFor()
    expect(gets().length).toBe(Math.ceil(fileBytes / (4 * MiB)))
    const most = Math.max(...gets().map((one) => gets().filter(({ startMs, endMs = Infinity }) => startMs <= one.startMs && endMs > one.startMs).length))
    expect(most).toBeLessThanOrEqual(4)
    expect(await visit.page.getByTestId('announcer').innerText()).toContain(file.name)
  })

  it.each([[5 * MiB + 1, 6], [fileBytes - 1, 23]])('finds the one bit that was flipped in byte %i, in part %i', async (at, part) => {
    await world.store.flipBit(await keyOfFile(), at)
    await row().getByTestId('verify').click()
    await verdict('differs').waitFor()
    expect(await differing()).toEqual([expect.objectContaining({
      firstPart: String(part), lastPart: String(part), start: String((part - 1) * partBytes), end: String(Math.min(part * partBytes, fileBytes)),
    })])

    await world.store.flipBit(await keyOfFile(), at)
    await row().getByTestId('verify').click()
    await verdict('identical').waitFor()
  })

  it('goes on where connections break, and can be stopped', async () => {
    const proxy = world.store.proxy
    const cuts = proxy?.on({ operation: 'GetObject', times: 5 }, reset({ phase: 'answerBody', afterBytes: MiB }))
    await row().getByTestId('verify').click()
    await verdict('identical').waitFor()
    expect(cuts?.hits).toBe(5)
    cuts?.remove()

    const slow = proxy?.on({ operation: 'GetObject' }, throttle({ downBytesPerSecond: MiB, per: 'rule' }))
    await row().getByTestId('verify').click()
    await row().locator('[data-testid="verify-state"][data-status="reading"]').waitFor()
    await slow?.reached
    await row().getByTestId('verify-clear').click()
    await row().getByTestId('verify-state').waitFor({ state: 'detached' })
    await proxy?.until((entries) => entries.every(({ operation, endMs }) => operation !== 'GetObject' || endMs !== undefined))
    slow?.remove()
  })

  it('says that the store has another length without reading it', async () => {
    const key = await keyOfFile()
    const before = gets().length
    await world.store.put(key, 'cut')
    await row().getByTestId('verify').click()
    await verdict('other_length').waitFor()
    expect(gets().length).toBe(before)
  })
})

describe('the receipt', () => {
  let folder = ''
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'lading-saved-')) })
  afterAll(async () => { await rm(folder, { recursive: true }) })

  it('is opened, read and closed by keyboard alone', async () => {
    const { page } = visit
    await row().getByTestId('receipt').focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByTestId('receipt-dialog')
    await dialog.waitFor()
    expect(await dialog.getByTestId('receipt-sha256').innerText()).toContain(file.sha256)
    expect(await dialog.getByTestId('receipt-composite').innerText()).toMatch(/[0-9a-f]{32}-23/)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await row().getByTestId('receipt').evaluate((button) => button === document.activeElement)).toBe(true)
  })

  it('is saved as JSON, and as a file by which sha256sum checks the very bytes', async () => {
    await saveTo(visit.page, folder)
    await row().getByTestId('receipt').click()
    await visit.page.getByTestId('save-json').click()
    await visit.page.getByTestId('save-sha256').click()
    await eventually('both are saved', async () => (await readdir(folder)).sort().join() === `${file.name}.receipt.json,${file.name}.sha256`)
    expect(JSON.parse(await readFile(join(folder, `${file.name}.receipt.json`), 'utf8'))).toMatchObject({ version: 1, fileName: file.name, fileBytes, sha256: file.sha256, partCount: 23 })
    const { stdout } = await promisify(execFile)('sha256sum', ['-c', '--strict', join(folder, `${file.name}.sha256`)], { cwd: join(file.path, '..') })
    expect(stdout).toBe(`${file.name}: OK\n`)
    await visit.page.getByTestId('receipt-close').click()
  })
})

it('many files are searched by name and by the beginning of their SHA-256, and the one found is deleted', async () => {
  const { page } = visit
  const others: SampleFile[] = []
  for (let index = 0; index < 6; index++) others.push(await world.samples.file(`crate ${index}.bin`, 1000 + index))
  await visit.add(...others)
  await Promise.all(others.map(({ name }) => visit.untilStatus(name, 'completed')))
  await page.getByTestId('files-search').fill('CRATE')
  await eventually('the six are found', async () => await row().count() === 6)
  await page.getByTestId('files-search').fill(others[3]?.sha256.slice(0, 12) ?? '')
  await eventually('one is found', async () => await row().count() === 1)
  expect(await row().getAttribute('aria-label')).toBe('crate 3.bin')
  expect(await page.getByTestId('files-found').innerText()).toMatch(/1.*7/)
  await row().getByTestId('delete').click()
  await page.getByTestId('confirm-delete').click()
  await eventually('none is left', async () => await row().count() === 0)
  await page.getByTestId('files-search').fill('')
  await eventually('the others are back', async () => await row().count() === 6)
})

/** Downloads of the whole browser go to this folder, under their own names. */
async function saveTo(page: Page, downloadPath: string) {
  const session = await page.context().browser()?.newBrowserCDPSession()
  await session?.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath })
}
