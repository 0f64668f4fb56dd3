import type { AppUpload } from '~/bench/appUpload'
import type { Measurement } from '~/bench/figures'
import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { KiB } from '#shared/limits'
import { uploadThroughApp } from '~/bench/appUpload'
import { showSeconds } from '~/bench/figures'
import { createSampleFolder } from '~/tests/e2e/support/sampleFile'
import { inBenchWorld } from '~/bench/world'
import { loadFigures } from './throughput'

const count = 1000
const bytes = 4 * KiB

/** Many files at once, each so small that what counts is what a file costs, not its bytes. */
export const smallFiles: Measurement = {
  name: 'small',
  title: `${count} files of ${bytes / KiB} KiB`,
  async measure({ runs }) {
    const samples = await createSampleFolder()
    try {
      const files: SampleFile[] = []
      for (let index = 0; index < count; index++) files.push(await samples.file(`small-${index}.bin`, bytes))
      const uploads: AppUpload[] = []
      for (let run = 0; run < runs; run++) {
        uploads.push(await inBenchWorld(undefined, ({ store, withBrowser }) => withBrowser((browser) => uploadThroughApp(browser, store, files))))
      }
      return {
        figures: [
          { title: 'Files a second', values: uploads.map(({ totalMs }) => count / totalMs * 1000), show: (rate) => rate.toFixed(1) },
          { title: 'Choosing the files to all completed', values: uploads.map(({ totalMs }) => totalMs), show: showSeconds },
          ...loadFigures(uploads).slice(0, -1),
        ],
        notes: [],
      }
    } finally {
      await samples.remove()
    }
  },
}
