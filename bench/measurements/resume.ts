import type { Measurement } from '~/bench/figures'
import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { uploadThroughApp } from '~/bench/appUpload'
import { showMemory, showMs, showRatio } from '~/bench/figures'
import { untilSent } from '~/bench/pageWatch'
import { inBenchWorld } from '~/bench/world'

const interruptedAt = 0.5
/** Half of the large file tells as much, in half the time. */
const shareOfFile = 0.5

/** A file, the page reloaded half way, and the same file chosen again. */
export const resume: Measurement = {
  name: 'resume',
  title: 'A large file, resumed after a reload',
  async measure({ runs, fileBytes, sample }) {
    const file = await sample(fileBytes * shareOfFile)
    const resumed: Awaited<ReturnType<typeof measureOnce>>[] = []
    for (let run = 0; run < runs; run++) resumed.push(await measureOnce(file))
    return {
      figures: [
        { title: 'Share that was stored before', values: resumed.map(({ storedShare }) => storedShare), show: showRatio },
        { title: 'Bytes read ÷ bytes of the file, after the reload', values: resumed.map(({ reads }) => reads), show: showRatio },
        { title: 'The least: what is stored is read once, the rest twice', values: resumed.map(({ storedShare }) => 2 - storedShare), show: showRatio },
        { title: 'Choosing the file to the first byte of a part at the store', values: resumed.map(({ firstByteMs }) => firstByteMs), show: showMs },
      ],
      notes: [
        `The file has ${showMemory(file.bytes)}. What is stored has to be read once more, for its proof; what is missing is read for its digest and for sending. The whole-file`
        + ' SHA-256 goes in order: what is sent before the proof has come so far is read for it once more.',
      ],
    }
  },
}

function measureOnce(file: SampleFile) {
  return inBenchWorld(undefined, async ({ store, site, withBrowser }) => await withBrowser(async (browser) => {
    await browser.choose('[data-testid="file-input"]', [file.path])
    await browser.call(untilSent, interruptedAt)
    await browser.visit(site.url)
    const storedParts = (await store.listedParts()).length
    const { reads, firstByteMs, partBytes } = await uploadThroughApp(browser, store, [file])
    return { reads, firstByteMs, storedShare: storedParts * partBytes / file.bytes }
  }))
}
