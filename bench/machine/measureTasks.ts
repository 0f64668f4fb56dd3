import type { BenchFile } from '~/bench/compare/files'
import type { TracedTask } from '~/bench/traceTasks'
import { links } from '~/bench/compare/links'
import { inRunWorld } from '~/bench/compare/runWorld'
import { subjectNamed } from '~/bench/compare/subjects'
import { takeNotes, untilCompleted } from '~/bench/pageWatch'

const rounds = 3
const longMs = 50
const patienceMs = 120_000

/** How long the tasks of our page's main thread take while a file is sent over link a, where the cores are full, and for how much of that they have a core. */
export async function measureTasks(file: BenchFile): Promise<Record<string, number>> {
  let tasks: TracedTask[] = []
  for (let round = 1; round <= rounds; round++) {
    tasks = tasks.concat(await inRunWorld({ subject: subjectNamed('lading'), link: links.a, fileBytes: file.bytes, round }, async ({ browser }) => {
      await browser.call(takeNotes, undefined)
      const tracedTasks = await browser.traceTasks()
      await browser.choose('[data-testid="file-input"]', [file.path])
      await browser.call(untilCompleted, patienceMs)
      return await tracedTasks()
    }))
  }
  const longest = tasks.reduce((most, task) => task.wallMs > most.wallMs ? task : most)
  return {
    'uploads': rounds,
    'tasks': tasks.length,
    'tasks over 50 ms': tasks.filter(({ wallMs }) => wallMs > longMs).length,
    'longest task, ms': longest.wallMs,
    'its CPU, ms': longest.cpuMs,
    'most CPU of a task, ms': tasks.reduce((most, { cpuMs }) => Math.max(most, cpuMs), 0),
  }
}
