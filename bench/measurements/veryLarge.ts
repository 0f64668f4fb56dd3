import type { AppUpload } from '~/bench/appUpload'
import type { Measurement } from '~/bench/figures'
import { GiB } from '#shared/limits'
import { uploadThroughApp } from '~/bench/appUpload'
import { showRate } from '~/bench/figures'
import { inBenchWorld } from '~/bench/world'
import { loadFigures } from './throughput'

export const veryLargeBytes = 4 * GiB

/** Whether memory and smoothness stay what they are at a quarter of the size. */
export const veryLarge: Measurement = {
  name: 'long',
  title: `A file of ${veryLargeBytes / GiB} GiB`,
  async measure({ runs, sample }) {
    const uploads: AppUpload[] = []
    for (let run = 0; run < runs; run++) {
      uploads.push(await inBenchWorld(undefined, async ({ store, withBrowser }) => {
        const file = await sample(veryLargeBytes)
        return await withBrowser((browser) => uploadThroughApp(browser, store, [file]))
      }))
    }
    return {
      figures: [
        { title: 'The app, choosing the file to "completed"', values: uploads.map(({ totalMs }) => veryLargeBytes / totalMs * 1000), show: showRate },
        ...loadFigures(uploads),
      ],
      notes: [],
    }
  },
}
