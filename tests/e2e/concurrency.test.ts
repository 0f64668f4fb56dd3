import type { JournalLine } from './support/store'
import { expect, it } from 'vitest'
import { inWorld } from './support/world'

const MiB = 1024 * 1024

/** How many of these were under way at the busiest moment. */
function mostAtOnce(lines: JournalLine[]): number {
  const changes = lines.flatMap(({ start, end }) => [{ at: start, by: 1 }, { at: end, by: -1 }])
  // What ends at the same moment makes room first.
  changes.sort((one, other) => one.at - other.at || one.by - other.by)
  let now = 0
  return changes.reduce((most, { by }) => Math.max(most, now += by), 0)
}

it.each([5, 1])('with %d parts at once set, that many are on their way at some moment, over all files, and never one more', (count) =>
  inWorld({ bytesPerSecond: 30 * MiB }, async (world) => {
    const files = [await world.samples.file('first.bin', 60 * MiB), await world.samples.file('second.bin', 41 * MiB)]
    const visit = await world.visit(await world.newProfile())
    await visit.setConcurrency(count)
    await visit.add(...files)
    for (const { name } of files) await visit.untilStatus(name, 'completed')
    expect(mostAtOnce(await world.store.storedParts())).toBe(count)
  }))
