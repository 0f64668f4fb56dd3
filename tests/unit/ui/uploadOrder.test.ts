import { expect, it } from 'vitest'
import { createUploadOrder } from '~/stores/uploadOrder'

function orderOf(...ids: string[]) {
  const order = createUploadOrder()
  for (const id of ids) order.add(id)
  return order
}

it('keeps the order in which ids were added, each once', () => {
  expect(orderOf('b', 'a', 'b', 'c').list()).toEqual(['b', 'a', 'c'])
})

it('closes up behind what leaves, and what comes back is last', () => {
  const order = orderOf('a', 'b', 'c')
  order.remove('b')
  order.remove('unknown')
  expect(order.list()).toEqual(['a', 'c'])
  order.add('b')
  order.remove('a')
  order.add('d')
  expect(order.list()).toEqual(['c', 'b', 'd'])
})

it('lets an id take the place of another, or vanish into one that is there', () => {
  const order = orderOf('a', 'b', 'c')
  order.replace('b', 'x')
  expect(order.list()).toEqual(['a', 'x', 'c'])
  order.replace('x', 'c')
  expect(order.list()).toEqual(['a', 'c'])
  order.replace('unknown', 'y')
  expect(order.list()).toEqual(['a', 'c'])
})

it('answers the same array until something changes', () => {
  const order = orderOf('a')
  expect(order.list()).toBe(order.list())
  const before = order.list()
  order.add('b')
  expect(before).toEqual(['a'])
})

it('takes 100,000 away one by one without looking at all of them each time', () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => `id-${index}`)
  const order = orderOf(...ids)
  const startedAt = process.cpuUsage()
  for (const id of ids) order.remove(id)
  // Looking at all for each would take minutes.
  expect(process.cpuUsage(startedAt).user / 1e6).toBeLessThan(5)
  expect(order.list()).toEqual([])
})
