import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { faultLines, linesWhere, namePattern, numbersIn } from '~/scripts/faults/lines'

describe('the lines of docs/faults.md', () => {
  it('are 37, and each of them has a test that is named after it', async () => {
    const files = (await readdir('tests', { recursive: true })).filter((name) => name.endsWith('.test.ts'))
    const sources = await Promise.all(files.map((name) => readFile(join('tests', name), 'utf8')))
    const named = new Set(sources.flatMap((source) => [...source.matchAll(/\(['"`](\d{1,2}): /g)].map(([, number]) => Number(number))))
    expect(Object.keys(faultLines).map(Number)).toEqual(Array.from({ length: 37 }, (_, index) => index + 1))
    expect(Object.keys(faultLines).map(Number).filter((number) => !named.has(number))).toEqual([])
  })

  it('are found by the names of tests and suites, and nothing else is', () => {
    expect(numbersIn('17: a random mix (seed 3): the upload arrives')).toEqual([17])
    expect(numbersIn('a file 35: of no bytes arrives')).toEqual([35])
    expect(numbersIn('13: a way that is slow at 32 KB/s in all')).toEqual([13])
    expect(numbersIn('takes 2001:db8::1, at 10:30, and v1: not')).toEqual([])
  })

  it('choose their tests by Vitest\'s pattern, and no others', () => {
    const pattern = new RegExp(namePattern([1, 26]))
    expect(['1: reset', 'some suite 26: Complete'].every((name) => pattern.test(name))).toBe(true)
    expect(['11: full', '126: more', 'x1: no'].some((name) => pattern.test(name))).toBe(false)
  })

  it('are seen on Ceph where the store has a part in them', () => {
    expect(linesWhere(({ onCeph }) => onCeph === true)).toEqual([1, 2, 3, 6, 7, 10, 12, 14, 16, 20, 24, 25, 26, 27, 28, 29, 37])
  })
})
