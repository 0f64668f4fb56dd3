import type { World } from './support/world'
import type { SampleFile } from './support/sampleFile'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld } from './support/world'

const MiB = 1024 * 1024
const partBytes = 8 * MiB

let world: World
let visit: Awaited<ReturnType<World['visit']>>

beforeAll(async () => {
  world = await createWorld()
  visit = await world.visit(await world.newProfile())
})

afterAll(() => world.end())

/** Where the bytes of a completed upload are. */
async function keyOf(name: string) {
  const id = await visit.row(name).getAttribute('data-upload-id')
  const key = (await world.store.keys('data/')).find((found) => found.endsWith(`/${id}`))
  if (!key) throw new Error(`No object for ${name}`)
  return key
}

async function expectArrived(file: SampleFile) {
  await visit.untilStatus(file.name, 'completed')
  const arrived = await world.store.readBack(await keyOf(file.name))
  expect(arrived).toMatchObject({ sha256: file.sha256, bytes: file.bytes })
  expect(await visit.sha256(file.name)).toBe(file.sha256)
}

describe('a file', () => {
  it('of 300 MB arrives byte for byte, past our server, which carries less than 1 MB', async () => {
    const file = await world.samples.file('cargo.bin', 300_000_000)
    let carried = 0
    const sizes: Promise<void>[] = []
    visit.page.on('requestfinished', (request) => {
      if (!request.url().startsWith(`${world.site.url}/api/`)) return
      sizes.push(request.sizes().then(({ requestBodySize, responseBodySize }) => {
        carried += requestBodySize + responseBodySize
      }))
    })
    await visit.add(file)
    await expectArrived(file)
    await Promise.all(sizes)
    expect(carried).toBeGreaterThan(0)
    expect(carried).toBeLessThan(1_000_000)
    expect(await world.store.openMultipartUploads()).toBe(0)
  })

  it.each([
    ['no bytes', 0],
    ['one byte', 1],
    ['one part', partBytes],
    ['one part and a byte', partBytes + 1],
  ])('35: of %s arrives', async (what, bytes) => {
    const file = await world.samples.file(`${what}.bin`, bytes)
    await visit.add(file)
    await expectArrived(file)
  })

  it.each([
    ['emoji', '🚢📦 cargo 🎉.bin'],
    ['quotes', `it's "quoted"; name=x.bin`],
    ['right-to-left letters', 'מטען-شحنة.bin'],
    ['per cent signs and plus', '100%25+more #1.bin'],
  ])('36: whose name has %s gets it back whole on download', async (_, name) => {
    const file = await world.samples.file(name, 1000)
    await visit.add(file)
    await expectArrived(file)

    const [download] = await Promise.all([
      visit.page.waitForEvent('download'),
      visit.row(name).getByTestId('download').click(),
    ])
    const { url, filename } = await fetchAttachment(download.url())
    expect(url).toContain('/data/')
    expect(filename).toBe(name)
    await download.cancel()
  })
})

/** The name in the store's own answer: what every browser and tool will see. */
async function fetchAttachment(url: string) {
  const answer = await fetch(url)
  await answer.arrayBuffer()
  const disposition = answer.headers.get('content-disposition') ?? ''
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1] ?? ''
  expect(disposition).toMatch(/^attachment;/)
  return { url, filename: decodeURIComponent(encoded) }
}

describe('a file that arrived before', () => {
  it('is proven and shown as done without sending a part, and uploaded anew for another owner', async () => {
    const file = await world.samples.file('again.bin', 3 * partBytes)
    await visit.add(file)
    await expectArrived(file)
    await visit.row(file.name).getByTestId('dismiss').click()
    const sentBefore = (await world.store.storedParts()).length

    await visit.add(file)
    await visit.row(file.name).getByTestId('was-there-already').waitFor()
    await expectArrived(file)
    expect(await world.store.storedParts()).toHaveLength(sentBefore)

    const stranger = await world.visit(await world.newProfile())
    await stranger.add(file)
    await stranger.untilStatus(file.name, 'completed')
    expect(await world.store.storedParts()).toHaveLength(sentBefore + 3)
    await stranger.quit()
  })

  it('can be deleted, and leaves nothing in the bucket', async () => {
    const file = await world.samples.file('short-lived.bin', 1000)
    await visit.add(file)
    await expectArrived(file)
    const id = await visit.row(file.name).getAttribute('data-upload-id')
    await visit.row(file.name).getByTestId('delete').click()
    await visit.page.getByTestId('confirm-delete').click()
    await visit.row(file.name).waitFor({ state: 'detached' })
    expect((await world.store.keys()).filter((key) => key.includes(id ?? ''))).toEqual([])
  })
})
