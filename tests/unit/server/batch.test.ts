import { createEvent } from 'h3'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { z } from 'zod'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LadingError } from '#shared/errors'
import { answerEach } from '~/server/utils/batch'

const request = z.object({ id: z.string() })
const uploads = (count: number) => ({ uploads: Array.from({ length: count }, (_, index) => ({ id: `${index}` })) })

function newEvent() {
  const message = new IncomingMessage(new Socket())
  return createEvent(message, new ServerResponse(message))
}

/** `AbortSignal.timeout` runs on a clock that fake timers do not reach. */
beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), ms)
    return controller.signal
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

it('answers each in its place; one that fails spoils none of the others, and brings the pause that it asks for', async () => {
  const answer = await answerEach(newEvent(), request, { uploads: [{ id: 'a' }, { id: 'b' }, { no: 'id' }] }, async ({ id }) => {
    if (id === 'b') throw new LadingError('rate_limited', 'Too many', { retryAfterMs: 7_000 })
    return { id }
  })
  expect(answer).toMatchObject({ results: [{ id: 'a' }, { error: { code: 'rate_limited', retryAfterMs: 7_000 } }, { error: { code: 'invalid_request' } }] })
})

it('answers in time although some never end, and tells those that had no turn to come again', async () => {
  let begun = 0
  const answering = answerEach(newEvent(), request, uploads(64), async ({ id }) => {
    begun++
    if (Number(id) % 4 === 0) await new Promise(() => {})
    return { id }
  })
  await vi.advanceTimersByTimeAsync(25_000)
  const answer = await answering
  const results = 'results' in answer ? answer.results : []
  expect(results).toHaveLength(64)
  expect(results[1]).toEqual({ id: '1' })
  for (const index of [0, 63]) expect(results[index]).toMatchObject({ error: { code: 'store_unavailable', retryAfterMs: 1_000 } })
  expect(begun).toBeLessThan(64)
})

it('lets a single call take its time', async () => {
  const answering = answerEach(newEvent(), request, { id: 'a' }, async ({ id }) => {
    await new Promise((resolve) => setTimeout(resolve, 100_000))
    return { id }
  })
  await vi.advanceTimersByTimeAsync(100_000)
  expect(await answering).toEqual({ id: 'a' })
})
