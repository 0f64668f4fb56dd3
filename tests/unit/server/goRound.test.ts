import { expect, it } from 'vitest'
import { goRound } from '~/server/utils/reaper/goRound'

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

function list(pageSize: number) {
  return async (after = '') => {
    const left = keys.filter((key) => key > after)
    const items = left.slice(0, pageSize).map((key) => ({ key }))
    return { items, ...left.length > pageSize && { next: items.at(-1)?.key } }
  }
}

async function walked(pageSize: number, start: string): Promise<string> {
  const seen: string[] = []
  for await (const items of goRound(list(pageSize), start, start)) seen.push(...items.map(({ key }) => key))
  return seen.join('')
}

it.each([1, 2, 3, 7, 100])('sees everything once from any start, in pages of %i', async (pageSize) => {
  expect(await walked(pageSize, '')).toBe('abcdefg')
  expect(await walked(pageSize, 'c')).toBe('defgabc')
  expect(await walked(pageSize, 'cc')).toBe('defgabc')
  expect(await walked(pageSize, 'g')).toBe('abcdefg')
  expect(await walked(pageSize, 'z')).toBe('abcdefg')
})

it('ends with a store that says "more" without moving on', async () => {
  const pages = goRound(async () => ({ items: [{ key: 'b' }], next: 'b' }), 'a', 'a')
  const seen: number[] = []
  for await (const items of pages) seen.push(items.length)
  expect(seen).toEqual([1, 1, 0])
})
