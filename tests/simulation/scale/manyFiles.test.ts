import type { UploadSnapshot } from '~/uploader/engine/types'
import { GiB, KiB, MiB } from '#shared/limits'
import { createUploader } from '~/uploader/engine/uploader'
import { describe, expect, it } from 'vitest'
import { createLaps, heldBytes } from './effort'
import { print } from './print'
import { createScaleWorld, syntheticFile } from './scaleWorld'

const rounded = (numbers: number[]) => numbers.map(Math.round)

/** Sends so many files of 1 KiB; CPU time and what the heap holds for every tenth of them. */
async function sendSmall(count: number) {
  const world = createScaleWorld()
  const uploader = createUploader(world.ports)
  const { laps, lap, skip } = createLaps()
  const held: number[] = []
  const notCompleted: UploadSnapshot[] = []
  let events = 0
  const done = new Promise<void>((resolve) => {
    let completed = 0
    uploader.subscribe((event) => {
      events++
      if (event.type !== 'changed') return
      for (const upload of event.uploads) {
        if (upload.state.status === 'completed') completed++
        if (upload.state.status === 'failed') notCompleted.push(upload)
      }
      // The last word about each of them comes once its journey has ended, so some are told of twice.
      if (world.counts.completed === count && completed >= count) resolve()
    })
  })
  const before = heldBytes()
  world.watch(() => {
    if (world.counts.puts % (count / 10) !== 0) return
    lap()
    held.push(heldBytes() - before)
    skip()
  })
  const names = Array.from({ length: count }, (_, index) => syntheticFile(`crate-${index}`, KiB))
  skip()
  const ids = uploader.add(names)
  await done
  const elapsedMs = world.ports.clock.elapsed()
  return { uploader, ids, laps, held, counts: world.counts, notCompleted, events, elapsedMs }
}

describe('100,000 files of 1 KiB', { timeout: 600_000 }, () => {
  it('arrive with at most 3 calls for each 64, a bounded cost a file, and memory for what is shown of each', async () => {
    const count = 100_000
    const { uploader, ids, laps, held, counts, notCompleted, events, elapsedMs } = await sendSmall(count)
    expect(notCompleted).toEqual([])
    expect(counts.completed).toBe(count)
    expect(counts.puts).toBe(count)
    expect(counts.calls).toBeLessThanOrEqual(3 * count / 64)
    expect(events).toBeLessThanOrEqual(elapsedMs / 200 + 2)
    print(`${count} files: CPU ms for each 10,000: ${rounded(laps).join(', ')}; held MiB: ${rounded(held.map((bytes) => bytes / MiB)).join(', ')}; ${counts.calls} calls`)

    const [, second = 0] = laps
    expect(laps.at(-1)).toBeLessThan(4 * second + 500)
    // An entry, its snapshot's receipt, and the file: nothing of its parts, its hash or its speed is kept.
    expect((held.at(-1) ?? Infinity) / count).toBeLessThan(2_500)

    // Taking all of them off the list is no more than looking at each once.
    const dismissing = createLaps()
    for (const id of ids) uploader.dismiss(id)
    dismissing.lap()
    const [ms = Infinity] = dismissing.laps
    print(`Taking them off the list: ${Math.round(ms)} CPU ms`)
    expect(uploader.snapshots()).toEqual([])
    expect(ms).toBeLessThan(5_000)
    await uploader.close()
  })
})

describe('a large file among thousands of small ones', { timeout: 120_000 }, () => {
  it.each(['first', 'last'] as const)('that was added %s keeps sending all the while, and so do they', async (place) => {
    const world = createScaleWorld()
    const uploader = createUploader(world.ports)
    const small = Array.from({ length: 3_000 }, (_, index) => syntheticFile(`crate-${index}`, KiB))
    const large = syntheticFile('film.mov', 8 * GiB)
    const ids = uploader.add(place === 'first' ? [large, ...small] : [...small, large])
    const largeId = (place === 'first' ? ids[0] : ids.at(-1)) ?? ''
    await new Promise<void>((resolve) => {
      world.watch(() => {
        if (world.counts.completed >= 1_500) resolve()
      })
    })
    const stored = uploader.snapshot(largeId)?.storedParts ?? 0
    // Of six places it has one at least while small ones wait for the others.
    expect(stored).toBeGreaterThan(100)
    expect(stored).toBeLessThan(1_500)
    await uploader.close()
  })
})
