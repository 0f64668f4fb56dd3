import type { Conditions, Measurement } from '~/bench/figures'
import { uploadThroughApp } from '~/bench/appUpload'
import { showMs, showRatio } from '~/bench/figures'
import { untilSent } from '~/bench/pageWatch'
import { inBenchWorld } from '~/bench/world'

const interruptedAt = 0.5

/** One large file, the page reloaded half way, and the same file chosen again. */
export const resume: Measurement = {
  name: 'resume',
  title: 'A large file, resumed after a reload',
  async measure(conditions) {
    const resumed: Awaited<ReturnType<typeof measureOnce>>[] = []
    for (let run = 0; run < conditions.runs; run++) resumed.push(await measureOnce(conditions))
    return {
      figures: [
        { title: 'Share that was stored before', values: resumed.map(({ storedShare }) => storedShare), show: showRatio },
        { title: 'Bytes read ÷ bytes of the file, after the reload', values: resumed.map(({ reads }) => reads), show: showRatio },
        { title: 'The least: what is stored is read once, the rest twice', values: resumed.map(({ storedShare }) => 2 - storedShare), show: showRatio },
        { title: 'Choosing the file to the first byte of a part at the store', values: resumed.map(({ firstByteMs }) => firstByteMs), show: showMs },
      ],
      notes: ['What is stored has to be read once more, for its proof; what is missing is read for its digest and for sending.'],
    }
  },
}

function measureOnce({ fileBytes, sample }: Conditions) {
  return inBenchWorld(undefined, async ({ store, site, withBrowser }) => await withBrowser(async (browser) => {
    const file = await sample(fileBytes)
    await browser.choose('[data-testid="file-input"]', [file.path])
    await browser.call(untilSent, interruptedAt)
    await browser.visit(site.url)
    const storedParts = (await store.listedParts()).length
    const { reads, firstByteMs, partBytes } = await uploadThroughApp(browser, store, [file])
    return { reads, firstByteMs, storedShare: storedParts * partBytes / fileBytes }
  }))
}
