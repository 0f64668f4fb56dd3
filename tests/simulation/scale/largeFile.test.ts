import type { Uploader, UploadSnapshot } from '~/uploader/engine/types'
import { GiB, maxPartCount, MiB, TiB } from '#shared/limits'
import { createUploader } from '~/uploader/engine/uploader'
import { describe, expect, it } from 'vitest'
import { createLaps, heldBytes } from './effort'
import { print } from './print'
import { createScaleWorld, syntheticFile } from './scaleWorld'

const largestFile = maxPartCount * 5 * GiB
const partBytes = 8 * MiB

/** Told of every change, as a page is, and keeps only the last snapshot. */
function until(uploader: Uploader, fits: (upload: UploadSnapshot) => boolean): Promise<UploadSnapshot> {
  return new Promise((resolve) => {
    const stop = uploader.subscribe((event) => {
      const found = event.type === 'changed' ? event.uploads.find(fits) : undefined
      if (!found) return
      stop()
      resolve(found)
    })
  })
}

const isEnded = ({ state }: UploadSnapshot) => state.status === 'completed' || state.status === 'failed'

/** Sends one file; CPU time and what the heap holds for every thousand parts. */
async function send(bytes: number, everyParts = 1000) {
  const world = createScaleWorld()
  const uploader = createUploader(world.ports, { partBytes })
  const { laps, lap, skip } = createLaps()
  const held: number[] = []
  world.watch(() => {
    if (world.counts.puts % everyParts !== 0) return
    lap()
    held.push(heldBytes())
    skip()
  })
  skip()
  uploader.add([syntheticFile('cargo.bin', bytes)])
  const ended = await until(uploader, isEnded)
  await uploader.close()
  return { ended, laps, held, counts: world.counts }
}

const rounded = (numbers: number[]) => numbers.map(Math.round)

describe('35: a file of 48.8 TiB, which is 10,000 parts of 5 GiB', { timeout: 300_000 }, () => {
  it('arrives with flat memory, and its last thousand parts cost no more than its first', async () => {
    const { ended, laps, held, counts } = await send(largestFile)
    expect(ended.state.status).toBe('completed')
    expect(ended).toMatchObject({ fileBytes: largestFile, sentBytes: largestFile, partBytes: 5 * GiB, partCount: 10_000, storedParts: 10_000 })
    expect(ended.fileBytes / TiB).toBeCloseTo(48.8, 1)
    expect(counts.puts).toBe(10_000)
    // URLs come by windows; everything else is asked for once.
    expect(counts.calls).toBeLessThan(10_000 / 4)

    print(`10,000 parts: CPU ms for each 1,000: ${rounded(laps).join(', ')}; held KiB: ${rounded(held.map((bytes) => bytes / 1024)).join(', ')}`)
    const [first = 0] = laps.slice(1)
    expect(laps.at(-1)).toBeLessThan(4 * first + 100)
    // What stays of a part is its ETag and its digest.
    expect((held.at(-1) ?? Infinity) - (held[0] ?? 0)).toBeLessThan(9_000 * 400)
  })

  it('costs as much a part as a file of 1,000 or 3,000 of them', async () => {
    const costs: number[] = []
    for (const parts of [1_000, 1_000, 3_000, 10_000]) {
      const { laps } = await send(parts * partBytes, 500)
      costs.push(laps.reduce((sum, ms) => sum + ms, 0) / parts)
    }
    print(`CPU µs a part for 1,000 (cold), 1,000, 3,000 and 10,000 parts: ${rounded(costs.map((ms) => ms * 1000)).join(', ')}`)
    const [, few = 0, , many = Infinity] = costs
    expect(many).toBeLessThan(3 * few)
  })
})

describe('35: a file of 10,000 small parts', { timeout: 300_000 }, () => {
  it('is taken up again and again, and nothing that is stored is sent again', async () => {
    const world = createScaleWorld()
    const uploader = createUploader(world.ports, { partBytes })
    const [id = ''] = uploader.add([syntheticFile('cargo.bin', 9_500 * partBytes)])
    for (const parts of [2_000, 5_000, 8_000, 9_400]) {
      await new Promise<void>((resolve) => {
        world.watch(() => {
          if (world.counts.puts === parts) resolve()
        })
      })
      uploader.pause(id)
      await until(uploader, ({ state }) => state.status === 'paused')
      uploader.resume(id)
    }
    await until(uploader, isEnded)
    expect(world.counts.completed).toBe(1)
    expect(world.counts.puts).toBe(9_500)
    await uploader.close()
  })

  it('goes on in another session with its one missing part, after all others were proven', async () => {
    const world = createScaleWorld()
    const file = syntheticFile('cargo.bin', 9_500 * partBytes)
    const before = createUploader(world.ports, { partBytes })
    const [id = ''] = before.add([file])
    await new Promise<void>((resolve) => {
      world.watch(() => {
        if (world.counts.puts === 9_499) resolve()
      })
    })
    before.pause(id)
    await before.close()
    const sentBefore = world.counts.puts

    const { laps, lap } = createLaps()
    const uploader = createUploader(world.ports, { partBytes })
    await uploader.start()
    await uploader.continueWith(id, file)
    const ended = await until(uploader, isEnded)
    lap()
    print(`Resumed with ${sentBefore} of 9,500 parts: ${Math.round(laps[0] ?? 0)} CPU ms to prove them all and to send the rest`)
    expect(ended.state.status).toBe('completed')
    expect(sentBefore).toBe(9_499)
    expect(world.counts.puts).toBe(9_500)
    expect(laps[0]).toBeLessThan(20_000)
    await uploader.close()
  })
})
