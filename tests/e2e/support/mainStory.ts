import type { SampleFile } from './sampleFile'
import type { World } from './world'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { eventually } from './eventually'

const partBytes = 64 * 1024
const parts = 30
/** What `StoreOptions` and settings make the story last seconds: small parts, a store slow enough to be interrupted, short waits. */
export const storyStore = { bytesPerSecond: 15 * partBytes, minPartBytes: partBytes }
export const storySettings = {
  NUXT_S3_MIN_PART_BYTES: String(partBytes),
  NUXT_PUBLIC_PART_BYTES: String(partBytes),
  NUXT_PUBLIC_TIME_DIVISOR: '20',
}

export interface StoryOptions {
  /** @default 1 */
  files?: number
  /** Between the end of the browser and its next start. */
  meanwhile?(): Promise<void>
  /** What it takes to be let in, done whenever the page is opened. */
  comeIn?(page: Page): Promise<void>
}

/**
 * The story that every deployment has to bear: files are on their way, the browser is killed in the middle, opened again, told to go on with the same files, and all of
 * them arrive. Judged by a client of the store that is not the site's.
 */
export async function tellMainStory(world: Pick<World, 'store' | 'samples' | 'newProfile' | 'visit'>, { files: count = 1, meanwhile, comeIn }: StoryOptions = {}) {
  const { store } = world
  const profile = await world.newProfile()
  const files: SampleFile[] = []
  for (let index = 0; index < count; index++) files.push(await world.samples.file(`voyage-${index}.bin`, parts * partBytes - 100))

  const first = await world.visit(profile)
  await comeIn?.(first.page)
  await first.add(...files)
  await eventually('half of the parts are stored', async () => (await store.storedParts()).length >= count * parts / 2)
  await first.kill()
  const killedAt = Date.now()
  const storedBefore = (await store.storedParts()).map(partOf)
  await meanwhile?.()

  const second = await world.visit(profile)
  await comeIn?.(second.page)
  await second.offer.first().waitFor({ timeout: 60_000 })
  await (count === 1 ? second.continueWith(files[0] as SampleFile) : second.continueAll(...files))
  for (const file of files) {
    await second.untilStatus(file.name, 'completed')
    expect(await second.sha256(file.name)).toBe(file.sha256)
    const id = await second.row(file.name).getAttribute('data-upload-id')
    const key = (await store.keys('data/')).find((found) => found.endsWith(`/${id}`)) ?? ''
    expect(await store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
  }

  const sentLater = (await store.storedParts()).filter(({ start }) => start > killedAt).map(partOf)
  expect(sentLater.length).toBeGreaterThan(0)
  expect(sentLater.filter((part) => storedBefore.includes(part))).toEqual([])
  expect(await store.keys('data/')).toHaveLength(count)
  expect(await store.openMultipartUploads()).toBe(0)
  expect(await store.keys('open/')).toEqual([])
}

function partOf({ key, partNumber }: { key?: string, partNumber?: number }): string {
  return `${key} ${partNumber}`
}
