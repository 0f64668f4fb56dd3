import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { uploadThroughApp } from '~/bench/appUpload'
import { inBenchWorld } from '~/bench/world'
import { MiB } from '#shared/limits'
import { createSampleFolder } from './support/sampleFile'

it('a file is read to its end, however often the garbage of page and worker is collected meanwhile', () => inBenchWorld(undefined, async ({ store, withBrowser }) => {
  const samples = await createSampleFolder()
  try {
    const file = await samples.file('film.mov', 50 * MiB)
    await withBrowser(async (browser) => {
      const ended = new AbortController()
      let collections = 0
      const collecting = (async () => {
        while (!ended.signal.aborted) {
          // Between two of them there must be room for reading.
          await pause(5)
          collections += await browser.collectGarbage()
        }
      })()
      try {
        await uploadThroughApp(browser, store, [file], 90_000)
      } finally {
        ended.abort()
        await collecting
      }
      expect(collections).toBeGreaterThan(10)
    })
  } finally {
    await samples.remove()
  }
}), 120_000)
