import { randomBytes, createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import type { FaultWorld } from './faultWorld'
import { inFaultWorld, partBytes } from './faultWorld'

const MiB = 1024 * 1024

it('35: files of 0, 1, one part ± 1 and 5 MiB ± 1 bytes arrive', () => inFaultWorld({}, async (world) => {
  const visit = await world.visit()
  const files = []
  for (const bytes of [0, 1, partBytes - 1, partBytes, partBytes + 1, 5 * MiB - 1, 5 * MiB, 5 * MiB + 1]) files.push(await world.samples.file(`${bytes}.bin`, bytes))
  await visit.add(...files)
  for (const file of files) await visit.untilStatus(file.name, 'completed')
  const arrived = await Promise.all((await world.store.keys('data/')).map((key) => world.store.readBack(key)))
  const byBytes = (one: { bytes: number }, other: { bytes: number }) => one.bytes - other.bytes
  expect(arrived.sort(byBytes)).toEqual(files.map(({ sha256, bytes }) => ({ sha256, bytes })))
  expect(await world.store.openMultipartUploads()).toBe(0)
}))

/** Most of these no disk would take as a name; a page can be handed them all the same. */
const names = {
  'emoji': '🚢📦 cargo 👩‍👩‍👧‍👦.bin',
  'right-to-left letters': 'מטען-شحنة.bin',
  'a character that turns the text around': 'invoice\u202Egpj.exe',
  '255 characters': `${'長'.repeat(251)}.bin`,
  'a path in it': '../../etc/passwd',
  'quotes': `it's "quoted"; filename=x.bin`,
  'line ends': 'two\r\nSet-Cookie: x=y\r\nlines.bin',
}

it('36: names with emoji, right-to-left, 255 characters, ../, quotes and line ends come back whole on download, and nothing escapes', () => inFaultWorld({}, async (world) => {
  const visit = await world.visit()
  for (const [what, name] of Object.entries(names)) {
    const bytes = randomBytes(1000)
    world.selected.push({ path: '', name: what, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
    const before = await world.store.keys('data/')
    await visit.page.getByTestId('file-input').evaluate((input, { name, content }) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(content)], name))
      ;(input as HTMLInputElement).files = transfer.files
      input.dispatchEvent(new Event('change', { bubbles: true }))
    }, { name, content: [...bytes] })
    const row = visit.page.locator('[data-testid="upload-row"][data-status="completed"]')
    await row.waitFor()
    expect(await nameOnDownload(world, before)).toBe(name)
    // In the page a line end or a turning character would hide what stands beside it.
    expect(await row.innerText()).not.toMatch(/[\u202E\r]/)
    await row.getByTestId('dismiss').click()
    await row.waitFor({ state: 'detached' })
  }
  const keys = await world.store.keys()
  expect(keys.filter((key) => !/^(?:data|records|receipts|done|prints)\/[\w~/-]+(?:\.json)?$/.test(key))).toEqual([])
  expect(await world.store.openMultipartUploads()).toBe(0)
}))

/** What the store itself will tell every browser and tool. */
async function nameOnDownload({ store }: FaultWorld, before: readonly string[]): Promise<string> {
  const key = await eventually('there is one more object', async () => (await store.keys('data/')).find((found) => !before.includes(found)))
  const { ContentDisposition = '' } = await store.head(key)
  expect(ContentDisposition).toMatch(/^attachment; [\x20-\x7E]+$/)
  return decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(ContentDisposition)?.[1] ?? '')
}
