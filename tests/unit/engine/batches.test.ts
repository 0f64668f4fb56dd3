import type { CompleteRequest, InitiateAnswer, InitiateRequest } from '#shared/api'
import type { BatchedCalls, UploadApi } from '~/uploader/engine/ports'
import { LadingError } from '#shared/errors'
import { createBatchedApi } from '~/uploader/engine/batches'
import { describe, expect, it } from 'vitest'
import { createModel, createVirtualClock } from './world'

const policy = { gatherMs: 50, regatherMs: 1_000, gatherMostMs: 5_000, lingerMs: 500 }

function requestOf(id: string): InitiateRequest {
  return { id, fileName: id, fileBytes: 1, fingerprint: 'f', partBytes: 4 }
}

function completionOf(id: string, parts: number): CompleteRequest {
  return { id, parts: Array.from({ length: parts }, (_, index) => ({ partNumber: index + 1, etag: 'e', digest: 'd' })) }
}

function answerOf(id: string): InitiateAnswer {
  return { state: 'open', id, isNew: true, partBytes: 4, parts: [], keptUntil: 1 }
}

interface Sent {
  ids: string[]
  at: number
  isBatch: boolean
}

/** An API that notes what is sent when; `answer` stands for all of a call. */
function createLab({ underWay = 9, answer = async (): Promise<(InitiateAnswer | LadingError)[] | undefined> => undefined } = {}) {
  const clock = createVirtualClock()
  const sent: Sent[] = []
  const note = (requests: readonly { id: string }[], isBatch: boolean) => {
    sent.push({ ids: requests.map(({ id }) => id), at: clock.elapsed(), isBatch })
  }
  const lab = { underWay, clock, sent, answer }
  const api: UploadApi = {
    ...createModel().api,
    async initiate(request, signal) {
      note([request], false)
      const answers = await lab.answer()
      signal?.throwIfAborted()
      const [only] = answers ?? [answerOf(request.id)]
      if (!only || only instanceof LadingError) throw only
      return only
    },
    async complete(request) {
      note([request], false)
      return { state: 'assembling', id: request.id, retryAfterMs: 1 }
    },
    async batch<Name extends keyof BatchedCalls>(_: Name, requests: readonly BatchedCalls[Name]['request'][]) {
      note(requests, true)
      return (await lab.answer() ?? requests.map(({ id }) => answerOf(id))) as BatchedCalls[Name]['answer'][]
    },
  }
  return Object.assign(lab, { api: createBatchedApi({ api, clock }, { policy, underWay: () => lab.underWay }) })
}

const idsOf = (sent: Sent[]) => sent.map(({ ids }) => ids.join(' '))
const names = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `u${from + index}`)

describe('a call', () => {
  it('of the only upload goes at once, by itself', async () => {
    const { api, sent, clock } = createLab({ underWay: 1 })
    const begin = clock.elapsed()
    expect(await api.initiate(requestOf('a'))).toMatchObject({ id: 'a' })
    expect(sent).toEqual([{ ids: ['a'], at: begin, isBatch: false }])
  })

  it('goes with those that are made about the same time, and each gets its own answer', async () => {
    const { api, sent, clock } = createLab()
    const first = api.initiate(requestOf('a'))
    await clock.sleep(40)
    const second = api.initiate(requestOf('b'))
    const begin = clock.elapsed()
    expect(await Promise.all([first, second])).toMatchObject([{ id: 'a' }, { id: 'b' }])
    expect(sent).toEqual([{ ids: ['a', 'b'], at: begin + 50, isBatch: true }])
  })

  it('goes by itself where nobody came', async () => {
    const { api, sent, clock } = createLab()
    const begin = clock.elapsed()
    await api.initiate(requestOf('a'))
    expect(sent).toEqual([{ ids: ['a'], at: begin + 50, isBatch: false }])
  })

  it('goes as soon as 64 are there', async () => {
    const { api, sent, clock } = createLab({ underWay: 130 })
    const begin = clock.elapsed()
    await Promise.all(names(130).map((id) => api.initiate(requestOf(id))))
    expect(sent.map(({ ids, at }) => [ids.length, at - begin])).toEqual([[64, 0], [64, 0], [2, 5_000]])
  })

  it('goes as soon as all uploads that are under way wait with it', async () => {
    const { api, sent, clock } = createLab({ underWay: 3 })
    const begin = clock.elapsed()
    await Promise.all(names(3).map((id) => api.initiate(requestOf(id))))
    expect(sent.map(({ ids, at }) => [ids.length, at - begin])).toEqual([[3, 0]])
  })

  it.each([[2, 50], [9, 50], [65, 400], [128, 794], [129, 5_000]])('with %d uploads under way waits %d ms for the next one that may come', async (underWay, ms) => {
    const { api, sent, clock } = createLab({ underWay })
    const begin = clock.elapsed()
    await api.initiate(requestOf('a'))
    expect(sent.map(({ at }) => Math.round(at - begin))).toEqual([ms])
  })

  it('waits for the batch before it, but not for ever', async () => {
    const lab = createLab({ underWay: 66 })
    const { api, sent, clock } = lab
    lab.answer = async () => {
      if (sent.length === 1) await clock.sleep(20_000)
      return undefined
    }
    const begin = clock.elapsed()
    const slow = Promise.all(names(64).map((id) => api.initiate(requestOf(id))))
    await Promise.all([api.initiate(requestOf('a')), clock.sleep(1_000).then(() => api.initiate(requestOf('b')))])
    expect(sent.slice(1)).toEqual([{ ids: ['a', 'b'], at: begin + 5_000, isBatch: true }])
    await slow
  })

  it('never makes a third batch go while two are on their way', async () => {
    const lab = createLab({ underWay: 256 })
    const { api, sent, clock } = lab
    lab.answer = async () => {
      await clock.sleep(sent.length * 1_000)
      return undefined
    }
    const begin = clock.elapsed()
    const stop = new AbortController()
    const calls = names(256).map((id) => api.initiate(requestOf(id), id === 'u130' ? stop.signal : undefined).catch(() => {}))
    stop.abort(new Error('paused'))
    await Promise.all(calls)
    expect(sent.map(({ ids, at }) => [ids.length, at - begin])).toEqual([[64, 0], [64, 0], [63, 1_000], [64, 2_000]])
  })

  it('leaves with the next batch once the one before it is answered', async () => {
    const lab = createLab({ underWay: 66 })
    const { api, sent, clock } = lab
    lab.answer = async () => {
      if (sent.length === 1) await clock.sleep(1_000)
      return undefined
    }
    const begin = clock.elapsed()
    await Promise.all([...names(64), 'a', 'b'].map((id) => api.initiate(requestOf(id))))
    expect(sent.slice(1)).toEqual([{ ids: ['a', 'b'], at: begin + 1_000, isBatch: true }])
  })

  it('that completes a large object goes by itself, so that small ones need not wait for the store', async () => {
    const { api, sent, clock } = createLab()
    const begin = clock.elapsed()
    await Promise.all([api.complete(completionOf('large', 9)), api.complete(completionOf('a', 8)), api.complete(completionOf('b', 1))])
    expect(sent.map(({ ids, at }) => [ids.join(' '), at - begin])).toEqual([['large', 0], ['a b', 50]])
  })
})

describe('a caller who has gone', () => {
  it('is rejected at once with the reason, and its call is not sent', async () => {
    const { api, sent } = createLab()
    const stop = new AbortController()
    const gone = api.initiate(requestOf('gone'), stop.signal)
    const other = api.initiate(requestOf('other'))
    const reason = new Error('paused')
    stop.abort(reason)
    await expect(gone).rejects.toBe(reason)
    await other
    expect(idsOf(sent)).toEqual(['other'])
  })

  it('leaves nothing behind where nobody else waited', async () => {
    const { api, sent, clock } = createLab()
    const stop = new AbortController()
    const gone = api.initiate(requestOf('gone'), stop.signal)
    stop.abort(new Error('paused'))
    await expect(gone).rejects.toThrow('paused')
    await clock.sleep(100)
    expect(sent).toEqual([])
  })

  it('is rejected at once also when its batch is on its way, and the others get their answers', async () => {
    const lab = createLab({ underWay: 2 })
    const { api, clock } = lab
    lab.answer = async () => {
      await clock.sleep(1_000)
      return undefined
    }
    const stop = new AbortController()
    const gone = api.initiate(requestOf('gone'), stop.signal)
    const other = api.initiate(requestOf('other'))
    const begin = clock.elapsed()
    stop.abort(new Error('discarded'))
    await expect(gone).rejects.toThrow('discarded')
    expect(clock.elapsed()).toBe(begin)
    expect(await other).toMatchObject({ id: 'other' })
  })

  it('before it called is not even taken in', async () => {
    const { api, sent } = createLab({ underWay: 1 })
    await expect(api.initiate(requestOf('a'), AbortSignal.abort(new Error('closed')))).rejects.toThrow('closed')
    expect(sent).toEqual([])
  })
})

describe('a failure', () => {
  it('of one upload concerns that one alone, and brings the pause that the server asked for', async () => {
    const lab = createLab({ underWay: 2 })
    const failure = new LadingError('rate_limited', 'Too many', { retryAfterMs: 7_000 })
    lab.answer = async () => [answerOf('a'), failure]
    const [first, second] = await Promise.allSettled([lab.api.initiate(requestOf('a')), lab.api.initiate(requestOf('b'))])
    expect(first).toMatchObject({ status: 'fulfilled' })
    expect(second).toEqual({ status: 'rejected', reason: failure })
  })

  it('of the call itself is everybody\'s', async () => {
    const lab = createLab({ underWay: 2 })
    const failure = new LadingError('server_unreachable', 'down', { retryAfterMs: 7_000 })
    lab.answer = () => Promise.reject(failure)
    const outcomes = await Promise.allSettled([lab.api.initiate(requestOf('a')), lab.api.initiate(requestOf('b'))])
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual([failure, failure])
  })

  it('is what a missing result counts as', async () => {
    const lab = createLab({ underWay: 2 })
    lab.answer = async () => [answerOf('a')]
    const [, second] = await Promise.allSettled([lab.api.initiate(requestOf('a')), lab.api.initiate(requestOf('b'))])
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'server_unreachable' } })
  })

  it('lets its callers meet again, although each comes back after a pause of its own', async () => {
    const lab = createLab({ underWay: 64 })
    const { api, sent, clock } = lab
    lab.answer = async () => {
      if (sent.length === 1) throw new LadingError('server_unreachable', 'down')
      return undefined
    }
    await Promise.allSettled(names(64).map((id) => api.initiate(requestOf(id))))
    lab.underWay = 9
    await Promise.all(names(8).map(async (id, index) => {
      await clock.sleep(index * 400)
      await api.initiate(requestOf(id))
    }))
    expect(sent.slice(1).map(({ ids }) => ids.length)).toEqual([8])

    // That one worked: from now on nobody is waited for longer than usual.
    const begin = clock.elapsed()
    await api.initiate(requestOf('next'))
    expect(clock.elapsed() - begin).toBe(50)
  })
})
