import type { Measurement } from '~/bench/figures'
import type { PageLook } from '~/bench/pageLook'
import { KiB } from '#shared/limits'
import { showMs } from '~/bench/figures'
import { lookAtPage } from '~/bench/pageLook'
import { targets } from '~/bench/targets'
import { inBenchWorld } from '~/bench/world'
import { createSampleFolder } from '~/tests/e2e/support/sampleFile'

const count = 10_000
const bytes = 64 * KiB
/** So slow that most files wait for hours, with as many parts in flight as ever. */
const link = { bytesPerSecond: 64 * KiB, roundTripMs: 50 }

/** How the page feels with thousands of files in it: how soon it is there, answers, and whether it scrolls smoothly. */
export const page: Measurement = {
  name: 'page',
  title: `The page with ${count.toLocaleString('en')} files`,
  async measure({ runs }) {
    const samples = await createSampleFolder()
    try {
      const paths = await samples.hollow(count, bytes)
      const looks: PageLook[] = []
      for (let run = 0; run < runs; run++) {
        looks.push(await inBenchWorld(link, ({ withBrowser }) => withBrowser((browser) => lookAtPage(browser, paths))))
      }
      const of = (figure: (look: PageLook) => number) => looks.map(figure)
      return {
        figures: [
          { title: 'Largest contentful paint, nothing cached', values: of(({ largestPaintMs }) => largestPaintMs), show: showMs, target: `${targets.largestPaintMs} ms` },
          { title: 'Layout shift from the first paint to the last', values: of(({ layoutShift }) => layoutShift), show: (shift) => shift.toFixed(3), target: String(targets.layoutShift) },
          { title: 'Slowest answer to a click: settings, select all, clear the selection', values: of(({ answerMs }) => answerMs), show: showMs, target: `${targets.clickAnswerMs} ms` },
          { title: `Answer to Pause all, of ${count.toLocaleString('en')}`, values: of(({ pauseAllMs }) => pauseAllMs), show: showMs, target: `${targets.clickAnswerMs} ms` },
          { title: 'Frames on time while scrolling', values: of(({ framesOnTime }) => framesOnTime), show: (share) => `${(share * 100).toFixed(1)} %`, target: `${targets.framesOnTime * 100} %` },
          { title: 'Rows in the page', values: of(({ rows }) => rows), show: String, target: String(targets.rows) },
          { title: 'Updates of the page a second', values: of(({ updatesPerSecond }) => updatesPerSecond), show: (rate) => rate.toFixed(1), target: String(targets.updatesPerSecond) },
        ],
        notes: [`Six parts are in flight at ${link.bytesPerSecond / KiB} KiB/s in all. An answer is counted from the press to the frame that shows it, as the browser's own event timing tells, which says nothing of less than 16 ms.`],
      }
    } finally {
      await samples.remove()
    }
  },
}
