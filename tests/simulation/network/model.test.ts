import type { Outcome, UploadOptions } from './upload'
import { GiB, MiB } from '#shared/limits'
import { describe, expect, it } from 'vitest'
import { links } from './links'
import { shareFairly } from './sharing'
import { upload } from './upload'

/** On which Chromium was measured: 20 MB/s for each connection, 50 ms, and no limit in all. */
const measured: UploadOptions = {
  network: { rate: 10_000 * MiB, roundTripMs: 50, connectionRate: 20_000_000 },
  fileBytes: 2 * GiB,
  partBytes: 8 * MiB,
  seed: 1,
}

const known = new Map<string, Promise<Outcome>>()

function sent(changes: Partial<UploadOptions>): Promise<Outcome> {
  const name = JSON.stringify(changes)
  const outcome = known.get(name) ?? upload({ ...measured, concurrency: 6, ...changes })
  known.set(name, outcome)
  return outcome
}

/** How much quicker one is than the other. */
const gain = async (one: Partial<UploadOptions>, other: Partial<UploadOptions> = {}) => (await sent(other)).seconds / (await sent(one)).seconds

describe('the model of the network', { timeout: 60_000 }, () => {
  it('carries half with three parts in flight of what it does with six, as Chromium did', async () => {
    expect(await gain({ concurrency: 3 })).toBeGreaterThan(0.48)
    expect(await gain({ concurrency: 3 })).toBeLessThan(0.53)
  })

  it('takes half the time with twelve parts over two host names, as Chromium did (0.52), and less with a third (0.42)', async () => {
    expect((await sent({ concurrency: 12, hosts: 2 })).mostMoving).toBe(12)
    expect(1 / await gain({ concurrency: 12, hosts: 2 })).toBeGreaterThan(0.48)
    expect(1 / await gain({ concurrency: 12, hosts: 2 })).toBeLessThan(0.56)
    expect(1 / await gain({ concurrency: 18, hosts: 3 })).toBeGreaterThan(0.33)
    expect(1 / await gain({ concurrency: 18, hosts: 3 })).toBeLessThan(0.47)
  })

  it('gains by a part queued ahead, if less than Chromium did (1.02 to 1.08), and nothing by five more', async () => {
    expect(await gain({ concurrency: 7 })).toBeGreaterThan(1.003)
    expect(await gain({ concurrency: 7 })).toBeLessThan(1.08)
    expect(await gain({ concurrency: 12 }, { concurrency: 7 })).toBeLessThan(1.01)
  })

  it('gains by larger parts as Chromium did (1.05 with 16 MiB, 1.15 with 32 MiB), and loses some of it with 64 MiB', async () => {
    const [sixteen, thirtyTwo, sixtyFour] = [await gain({ partBytes: 16 * MiB }), await gain({ partBytes: 32 * MiB }), await gain({ partBytes: 64 * MiB })]
    expect(Math.abs(sixteen - 1.05)).toBeLessThan(0.05)
    expect(Math.abs(thirtyTwo - 1.15)).toBeLessThan(0.05)
    expect(sixtyFour).toBeLessThan(thirtyTwo)
  })

  it('tells the same for the same seed, and something else for another', async () => {
    const breaking = links.find(({ network }) => network.breakEveryMs !== undefined)
    if (!breaking) throw new Error('No way breaks')
    const run = (seed: number) => upload({ ...breaking, partBytes: 8 * MiB, seed })
    const [one, again, other] = [await run(1), await run(1), await run(2)]
    expect(again).toEqual(one)
    expect(other.seconds).not.toBe(one.seconds)
  })

  it('gives away all of a rate, to each by its weight, and what one can\'t use to the others', () => {
    expect(shareFairly(90, [{ cap: 10, weight: 1 }, { cap: 100, weight: 1 }, { cap: 100, weight: 3 }])).toEqual([10, 20, 60])
    expect(shareFairly(90, [{ cap: 10, weight: 1 }, { cap: 20, weight: 1 }])).toEqual([10, 20])
  })
})

describe('the calls for URLs', { timeout: 60_000 }, () => {
  const way: Partial<UploadOptions> = { fileBytes: 1_000_000_000, network: { ...measured.network, roundTripMs: 100 }, concurrency: undefined }
  const sendingBytesPerSecond = 6 * 20_000_000

  it.each([1.5, 2, 4])('are five for a gigabyte at most, and keep no connection waiting, where it is read %f times as quickly as it is sent', async (times) => {
    const [one, readAtOnce] = [await sent({ ...way, readBytesPerSecond: times * sendingBytesPerSecond }), await sent(way)]
    expect(one.signCalls).toBeLessThanOrEqual(5)
    // Of the difference, most is what reading the first parts takes.
    expect(one.seconds / readAtOnce.seconds).toBeLessThan(1.02)
  })
})

describe('the automatic number of parts in flight', { timeout: 60_000 }, () => {
  const steady = links.filter(({ network }) => typeof network.rate === 'number' && network.breakEveryMs === undefined && network.mostAtOnce === undefined)

  it.each(steady)('does not swing on a steady way: $name', async (link) => {
    const { inFlight } = await upload({ ...link, partBytes: 8 * MiB, seed: 3 })
    // The second half, without the tail. Where several parts land at once, the next ones start one after the other.
    const settled = inFlight.slice(Math.floor(inFlight.length / 2), -14)
    const blocks = Array.from({ length: Math.floor(settled.length / 14) }, (_, block) => Math.max(...settled.slice(14 * block, 14 * (block + 1))))
    expect(blocks.length).toBeGreaterThan(2)
    expect(new Set(blocks).size).toBe(1)
  })
})
