import type { MachineMeasurement } from '~/bench/compare/plan'
import type { Row } from '~/bench/compare/rows'
import { expect, it } from 'vitest'
import { drawChart } from '~/bench/compare/chart'
import { writeResults } from '~/bench/compare/results'
import { show, writeUploads } from '~/bench/compare/table'
import { judge } from '~/bench/compare/targets'
import { heldName } from '~/bench/machine/measureHeld'
import { firstByteRow, uploadRow } from './rows'

const machine = (measurement: MachineMeasurement, values: Record<string, number>): Row => ({ id: `machine ${measurement}`, kind: 'machine', at: '', measurement, values })
const verdict = (rows: Row[], target: string) => judge(rows).find((one) => one.target.startsWith(target))

it('writes one line for each uploader, in a fixed order, with what it was asked to prove', () => {
  const text = writeUploads([uploadRow({ subject: 'uppy5', totalMs: 12_000 }), uploadRow()])
  expect(text[0]).toBe('### Link b, 1000 MB: 20 MB/s a connection, 50 ms each way')
  expect(text[4]).toMatch(/^\| Bare XHR, 8 MiB × 6 \| none \| 1 arrived and identical \| 10\.0 \| 1\.00 \| 200 \|/)
  expect(text[5]).toMatch(/^\| Uppy aws-s3 5\.1\.0 \| none \| 1 arrived and identical \| 12\.0 \| 1\.20 \|/)
})

it('tells what did not arrive, and why', () => {
  const text = writeUploads([uploadRow({ subject: 'better-upload', link: 'd', fileBytes: 128e6, outcome: 'failed', totalMs: undefined, reason: 'Failed to upload file.' })]).join('\n')
  expect(text).toContain('| **1 failed** | – | – |')
  expect(text).toContain('- better-upload 3.0.19: Failed to upload file.')
})

it('shows the spread only where there is one', () => {
  expect(show({ median: 1500, least: 1000, most: 2000, count: 3 }, 1, 1000)).toBe('1.5 (1.0 to 2.0)')
  expect(show({ median: 1500, least: 1500, most: 1500, count: 1 }, 1, 1000)).toBe('1.5')
  expect(show(undefined, 1)).toBe('–')
})

it('says of each target whether it is met, missed or was not measured', () => {
  const rows = [uploadRow(), uploadRow({ subject: 'lading', totalMs: 9900 }), uploadRow({ subject: 'uppy5', totalMs: 9800 })]
  expect(verdict(rows, 'Link b, one host name')).toMatchObject({ found: '0.99', isMet: true })
  expect(verdict(rows, 'Link b: below every peer')).toMatchObject({ found: '0.99 beside 0.98 (Uppy aws-s3 5.1.0)', isMet: false })
  expect(verdict(rows, 'Link c, one host name')).toEqual({ target: 'Link c, one host name: time ≤ 1.00 × bare XHR', found: 'not measured' })
})

it('holds the browser\'s CPU against bare requests and the digest loops', () => {
  const rows = [uploadRow({ link: 'a' }), uploadRow({ link: 'a', subject: 'lading', browserCpuSeconds: 15 }), machine('hashing', { 'digest loops, CPU s per GB': 9 })]
  expect(verdict(rows, 'Link a: CPU')).toMatchObject({ found: '1.15: 15.50 s beside 4.50 + 9.00 s', isMet: false })
})

it('holds first bytes, memory, calls and what is sent again against their limits', () => {
  const rows = [
    firstByteRow({ firstByteMs: 200 }),
    firstByteRow({ subject: 'lading', firstByteMs: 450 }),
    uploadRow({ link: 'a', subject: 'lading' }),
    uploadRow({ link: 'a', subject: 'lading', fileBytes: 20e9, rendererBytes: 56 * 1024 * 1024 }),
    uploadRow({ subject: 'lading', calls: 8 }),
    uploadRow({ link: 'd', subject: 'lading', fileBytes: 128e6, sentAgainBytes: 56 * 1024 * 1024 }),
    machine('signing', { 'URLs a CPU second': 2600 }),
    machine('tenThousandParts', { 'for 10,000 parts, s': 6.1 }),
  ]
  expect(verdict(rows, 'First byte of 1 MB')).toMatchObject({ found: '250 ms', isMet: true })
  expect(verdict(rows, 'Page\'s memory')).toMatchObject({ isMet: false })
  const parts = [machine('tasks', { 'longest task, ms': 30, 'most CPU of a task, ms': 12.3 }), machine('held', { [heldName(1e9)]: 6, [heldName(20e9)]: 6.5 })]
  expect(verdict([...rows, ...parts], 'Page\'s memory')).toMatchObject({ found: expect.stringContaining('after collections 6.50 beside 6.00 MiB') as string, isMet: false })
  expect(verdict([...rows, ...parts], 'No main-thread task')).toMatchObject({ found: expect.stringMatching(/30\.00 ms.*12\.30 ms/) as string })
  expect(verdict(rows, 'Calls to our server')).toMatchObject({ isMet: false })
  expect(verdict(rows, 'Link d')).toMatchObject({ found: '1 of 1 arrived, 56.00 MiB at most', isMet: true })
  expect(verdict(rows, 'URLs signed')).toMatchObject({ isMet: true })
  expect(verdict(rows, 'Signing, listing')).toMatchObject({ isMet: false })
})

it('writes a report and a chart from rows alone', () => {
  const rows: Row[] = [{ id: 'facts', kind: 'facts', at: '', facts: ['A machine.'] }, uploadRow(), uploadRow({ subject: 'tus', outcome: 'failed', totalMs: undefined })]
  const report = writeResults(rows, { 'bench/peers/tus/configuration.js': 'export const configurations = {}\n' })
  for (const part of ['A machine.', '## Targets', '### Link b, 1000 MB', '```js\nexport const configurations = {}\n```']) expect(report).toContain(part)
  const chart = drawChart(rows)
  expect(chart).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
  expect(chart).toContain('none of 1 arrived')
})
