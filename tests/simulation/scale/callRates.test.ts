import type { SourceFile, UploadSnapshot } from '~/uploader/engine/types'
import { GiB, KiB, maxPartCount } from '#shared/limits'
import { toLadingError } from '#shared/errors'
import { createCallRates } from '~/server/utils/rates/createCallRates'
import { createUploader } from '~/uploader/engine/uploader'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { print } from './print'
import { createQuickClock } from './quickClock'
import { createScaleWorld, syntheticFile } from './scaleWorld'

// The server's counter reads the time of day: it is told that of the simulation.
beforeEach(() => { vi.useFakeTimers({ toFake: ['Date'] }) })
afterEach(() => { vi.useRealTimers() })

/** Only the largest file has so many parts. */
const largestBytes = maxPartCount * 5 * GiB
const minuteMs = 60_000
const owner = '0123456789abcdef0123456789abcdef'

/** The server's own counters with its default limits, as every call meets them. */
function createLimits() {
  const clock = createQuickClock()
  const rates = createCallRates({
    ownerCallsPerMinute: 600,
    addressCallsPerMinute: 600,
    minuteSeconds: 60,
    redisUrl: undefined,
    log(line) { throw new Error(`Nothing is to be logged: ${line}`) },
  })
  const admittedAt: number[] = []
  let refused = 0
  return {
    clock,
    admittedAt,
    refused: () => refused,
    async admit() {
      vi.setSystemTime(clock.now())
      try {
        await rates.assertAddress('192.0.2.1')
        await rates.assertOwner(owner)
        admittedAt.push(clock.elapsed())
      } catch (thrown) {
        refused++
        const { code, retryAfterMs = 0 } = toLadingError(thrown)
        expect(code).toBe('rate_limited')
        expect(retryAfterMs).toBeGreaterThan(0)
        throw thrown
      }
    },
  }
}

/** Sends files in a browser of their own. Resolves when all have ended, with those that did not arrive. */
async function send(files: SourceFile[], world: ReturnType<typeof createScaleWorld>): Promise<UploadSnapshot[]> {
  const uploader = createUploader(world.ports)
  const ended = new Map<string, UploadSnapshot>()
  const all = new Promise<void>((resolve) => {
    uploader.subscribe((event) => {
      if (event.type !== 'changed') return
      for (const upload of event.uploads) {
        if (upload.state.status === 'completed' || upload.state.status === 'failed') ended.set(upload.id, upload)
      }
      if (ended.size === files.length) resolve()
    })
  })
  uploader.add(files)
  await all
  await uploader.close()
  return [...ended.values()].filter(({ state }) => state.status !== 'completed')
}

/** Two files of 10,000 parts and 10,000 small files at once, by three browsers of one owner at one address. */
async function sendAll(partMs: number) {
  const { clock, admit, admittedAt, refused } = createLimits()
  const loads = [
    [syntheticFile('film.mov', largestBytes)],
    [syntheticFile('disk.img', largestBytes)],
    Array.from({ length: 10_000 }, (_, index) => syntheticFile(`crate-${index}`, KiB)),
  ]
  const worlds = loads.map(() => createScaleWorld({ clock, admit, partMs }))
  const lost = await Promise.all(worlds.map(async (world, index) => await send(loads[index] ?? [], world)))
  const minutes = clock.elapsed() / minuteMs
  const parts = worlds.map(({ counts }) => counts.puts)
  print(`Two files of 10,000 parts and 10,000 small ones, ${partMs} ms a part: ${minutes.toFixed(1)} minutes, ${admittedAt.length} calls answered, ${refused()} refused`)
  return { lost: lost.flat(), parts, completed: worlds.map(({ counts }) => counts.completed), minutes, calls: admittedAt.length, refused: refused() }
}

describe('two files of 10,000 parts and 10,000 small files at once, under the default limits', { timeout: 300_000 }, () => {
  it('arrive', async () => {
    const { lost, parts, completed } = await sendAll(200)
    expect(lost).toEqual([])
    expect(completed).toEqual([1, 1, 10_000])
    expect(parts).toEqual([10_000, 10_000, 10_000])
  })

  it('arrive as well on a link so fast that calls are refused: those wait as long as they are told, and nothing is sent twice', async () => {
    const { lost, parts, completed, minutes, calls, refused } = await sendAll(20)
    expect(lost).toEqual([])
    expect(completed).toEqual([1, 1, 10_000])
    expect(parts).toEqual([10_000, 10_000, 10_000])
    expect(refused).toBeGreaterThan(0)
    expect(calls).toBeLessThanOrEqual(600 * Math.ceil(minutes))
    // Whoever was refused waits, instead of asking again and again.
    expect(refused).toBeLessThan(calls)
  })
})
