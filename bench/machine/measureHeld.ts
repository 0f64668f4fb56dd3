import type { BenchFile } from '~/bench/compare/files'
import { MiB } from '#shared/limits'
import { links } from '~/bench/compare/links'
import { inRunWorld } from '~/bench/compare/runWorld'
import { subjectNamed } from '~/bench/compare/subjects'
import { median } from '~/bench/figures'
import { takeNotes, untilCompleted } from '~/bench/pageWatch'
import { residentBytes } from '~/bench/processes'

const everyMs = 500
const patienceMs = 15 * 60_000

/** How much more of our page's process is in RAM than when it was idle, just after its garbage was collected, again and again while each of the files is sent over link a. */
export async function measureHeld(files: BenchFile[]): Promise<Record<string, number>> {
  const values: Record<string, number> = {}
  for (const file of files) {
    const held = await heldWhileSending(file)
    const title = titleOf(file.bytes)
    values[`${title}, collections`] = held.length
    values[heldName(file.bytes)] = median(held) / MiB
    values[`${title}, most, MiB`] = Math.max(...held) / MiB
  }
  return values
}

/** Under which the median of a file's figures is told. */
export const heldName = (fileBytes: number) => `${titleOf(fileBytes)}, median, MiB`

function titleOf(fileBytes: number): string {
  return `${fileBytes / 1e6} MB`
}

function heldWhileSending(file: BenchFile): Promise<number[]> {
  return inRunWorld({ subject: subjectNamed('lading'), link: links.a, fileBytes: file.bytes, round: 1 }, async ({ browser }) => {
    const pids = (await browser.processes()).filter(({ type }) => type === 'renderer').map(({ pid }) => pid)
    await browser.collectGarbage()
    const idle = pids.map(residentBytes)
    await browser.call(takeNotes, undefined)
    await browser.choose('[data-testid="file-input"]', [file.path])

    const held: number[] = []
    let isUnderWay = true
    const ended = browser.call(untilCompleted, patienceMs).finally(() => { isUnderWay = false })
    // It is waited for below; until then nobody hears of its failure.
    ended.catch(() => {})
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, everyMs))
      if (!isUnderWay) break
      await browser.collectGarbage()
      held.push(Math.max(...pids.map((pid, index) => residentBytes(pid) - (idle[index] ?? 0))))
    }
    await ended
    return held
  })
}
