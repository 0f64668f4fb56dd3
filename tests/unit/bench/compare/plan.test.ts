import { expect, it } from 'vitest'
import { readOptions } from '~/bench/compare/options'
import { estimateMinutes, makePlan } from '~/bench/compare/plan'

const full = makePlan({ isQuick: false, rounds: 3 })
const quick = makePlan({ isQuick: true, rounds: 3 })

it('takes no longer than it may', () => {
  expect(estimateMinutes(full)).toBeLessThanOrEqual(90)
  expect(estimateMinutes(quick)).toBeLessThanOrEqual(10)
})

it('lets everybody have a turn in each round, each time from one further on', () => {
  const turns = (round: number) => quick.filter((step) => step.link === 'b' && step.round === round).map(({ subject }) => subject)
  expect(turns(1)).toEqual(['raw', 'lading', 'better-upload', 'uppy5'])
  expect(turns(2)).toEqual(['lading', 'better-upload', 'uppy5', 'raw'])
  expect(turns(3)).toEqual(['better-upload', 'uppy5', 'raw', 'lading'])
})

it('names each step so that it is measured once', () => {
  expect(new Set(full.map(({ id }) => id)).size).toBe(full.length)
})

it('sends 20 GB by ours and bare requests alone, on the link without limits', () => {
  const huge = full.filter(({ kind, fileBytes }) => kind === 'upload' && fileBytes === 20e9)
  expect(huge.map(({ link, subject }) => `${link} ${subject}`)).toEqual(['a raw', 'a lading'])
})

it('measures bare requests wherever anybody else is measured', () => {
  for (const { kind, link, fileBytes, round } of full.filter(({ subject }) => subject !== undefined)) {
    expect(full).toContainEqual(expect.objectContaining({ kind, link, fileBytes, round, subject: 'raw' }))
  }
})

it('can be kept to some links and uploaders', () => {
  const steps = makePlan({ isQuick: false, rounds: 1, links: ['d'], subjects: ['lading', 'tus'] })
  expect(steps.map(({ id }) => id)).toEqual(['upload d lading 128000000 1', 'upload d tus 128000000 1'])
})

it('refuses rounds and divisors that are none', () => {
  expect(readOptions(['--quick', '--link', 'b'])).toMatchObject({ isQuick: true, links: ['b'], rounds: 3, shrink: 1 })
  expect(() => readOptions(['--rounds', '0'])).toThrow('--rounds N')
  expect(() => readOptions(['--shrink', '0.5'])).toThrow('--shrink N')
  expect(() => readOptions(['--link', 'z', '--subject', 'nobody'])).toThrow('There is no z, nobody')
})
