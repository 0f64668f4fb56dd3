import type { Curve } from './result'
import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { residentBytes } from '~/bench/processes'
import { createApiClient } from '~/tests/e2e/support/apiClient'
import { inWorld } from '~/tests/e2e/support/world'

const KiB = 1024
const partBytes = 64 * KiB
const uploads = Number(process.env.LADING_LEAK_UPLOADS ?? 200)
const calls = Number(process.env.LADING_LEAK_CALLS ?? 50_000)
/** Samples of each curve. */
const samples = 20
/** So much more than in its first half a curve may show in its second: what is kept once, a cache that fills, is no leak. */
const tolerance = 0.05
/** What is compiled to machine code grows for as long as a page gets quicker, and would hide what its script keeps. */
const args = ['--js-flags=--no-sparkplug --no-maglev --no-turbofan']
const env = { NUXT_S3_MIN_PART_BYTES: String(partBytes), NUXT_PUBLIC_PART_BYTES: String(partBytes), NUXT_CALLS_PER_MINUTE: '1000000', NUXT_ADDRESS_CALLS_PER_MINUTE: '1000000' }

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

async function judge(curve: Curve) {
  if (process.env.LADING_LEAKS) await writeFile(`${process.env.LADING_LEAKS}-${curve.unit}.json`, JSON.stringify(curve))
  const { bytes } = curve
  const [second, last] = [bytes.slice(bytes.length / 4, bytes.length / 2), bytes.slice(-bytes.length / 4)].map(median) as [number, number]
  expect(last).toBeLessThan(second * (1 + tolerance))
}

it(`the heap of a tab stays flat over ${uploads} uploads`, () => inWorld({ minPartBytes: partBytes }, async (world) => {
  const visit = await world.visit(await world.newProfile(), { args })
  const session = await visit.page.context().newCDPSession(visit.page)
  const curve: Curve = { unit: 'uploads', counts: [], bytes: [] }
  for (let sent = 1; sent <= uploads; sent++) {
    const file = await world.samples.file(`${sent}.bin`, 5 * partBytes)
    await visit.add(file)
    await visit.untilStatus(file.name, 'completed')
    await visit.row(file.name).getByTestId('dismiss').click()
    if (sent % (uploads / samples) !== 0) continue
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    curve.counts.push(sent)
    curve.bytes.push(usedSize)
  }
  await judge(curve)
}, env), 1_800_000)

it(`the server's memory stays flat over ${calls} calls`, () => inWorld({}, async (world) => {
  const client = createApiClient(world.site)
  await client.signIn()
  const curve: Curve = { unit: 'calls', counts: [], bytes: [] }
  const together = 20
  // Between two collections it holds what it has done with as well: what it keeps is the least that it is seen to hold.
  let leastBytes = Infinity
  for (let made = together; made <= calls; made += together) {
    const answers = await Promise.all(Array.from({ length: together }, async () => {
      const answer = await client.call('upload/pending')
      await answer.arrayBuffer()
      return answer.status
    }))
    expect(new Set(answers)).toEqual(new Set([200]))
    leastBytes = Math.min(leastBytes, residentBytes(world.site.pid))
    if (made % (calls / samples) !== 0) continue
    curve.counts.push(made)
    curve.bytes.push(leastBytes)
    leastBytes = Infinity
  }
  await judge(curve)
}, env), 1_800_000)
