import { parseArgs } from 'node:util'
import { exit } from 'node:process'
import { createBenchFiles } from './compare/files'
import { links } from './compare/links'
import { inRunWorld } from './compare/runWorld'
import { subjectNamed } from './compare/subjects'
import { takeNotes, untilCompleted } from './pageWatch'
import { chooseFolder } from './machine'

/**
 * `npx tsx bench/timeline.ts [--link b] [--bytes 128000000] [--subject lading]`: when our page asked for what, and when the store had it, in
 * milliseconds after the file was chosen. For finding out where an upload waits. The site must have been built.
 */
const limitMs = 120_000

async function tellTimeline() {
  const { values } = parseArgs({ options: { link: { type: 'string', default: 'b' }, bytes: { type: 'string', default: '128000000' }, subject: { type: 'string', default: 'lading' } } })
  const link = links[values.link as keyof typeof links]
  const subject = subjectNamed(values.subject)
  if (!link || subject.peer) throw new Error('A link a to e, and a subject that is ours')
  await chooseFolder(Number(values.bytes))
  const files = await createBenchFiles()
  try {
    const file = await files.of(Number(values.bytes))
    await inRunWorld({ subject, link, fileBytes: file.bytes, round: 1 }, async ({ browser, store }) => {
      await browser.call(takeNotes, undefined)
      await browser.choose('[data-testid="file-input"]', [file.path])
      const { chosenAt, completedAt } = await browser.call(untilCompleted, limitMs)
      const asked = await browser.call(readRequests, undefined)
      const lines = [
        ...asked.map(({ at, ms, path }) => ({ at, words: `page   ${ms.toFixed(0).padStart(6)} ms  ${path}` })),
        ...(await store.journal()).map(({ start, end, operation, partNumber = '' }) => ({ at: start, words: `store  ${(end - start).toFixed(0).padStart(6)} ms  ${operation} ${partNumber}` })),
        { at: completedAt, words: 'page             completed' },
      ]
      for (const { at, words } of lines.sort((one, other) => one.at - other.at)) {
        if (at >= chosenAt) console.log(`${(at - chosenAt).toFixed(0).padStart(7)}  ${words}`)
      }
    })
  } finally {
    await files.remove()
  }
}

/** To be run within the page. */
function readRequests() {
  return (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).map(({ startTime, duration, name }) => ({
    at: performance.timeOrigin + startTime,
    ms: duration,
    path: `${new URL(name).pathname.slice(0, 60)} ${new URL(name).searchParams.get('partNumber') ?? ''}`,
  }))
}

tellTimeline().then(() => exit(0), (error: Error) => {
  console.error(error.message)
  exit(1)
})
