import type { PortChanges } from './world'
import type { PutRequest } from '~/uploader/engine/ports'
import type { UploaderOptions } from '~/uploader/engine/uploader'
import { createHash } from 'node:crypto'
import { LadingError } from '#shared/errors'
import { createUploader } from '~/uploader/engine/uploader'
import { describe, expect, it } from 'vitest'
import { createVirtualTime } from '~/tests/simulation/network/virtualTime'
import { createModel, createPorts, isStatus, makeFile, nodeFiles } from './world'

const partBytes = 4
const until = (signal: AbortSignal) => new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

/** The model, with every address of the store an own host name: a part's address says for which it was signed. */
function createWorld({ hosts = 1, put, files, records, isDigestEnforced = true, ...options }: UploaderOptions & {
  hosts?: number
  isDigestEnforced?: boolean
  put?(request: PutRequest, store: number, partNumber: number): Promise<unknown>
} & Pick<PortChanges, 'files' | 'records'> = {}) {
  const model = createModel()
  const time = createVirtualTime()
  const origins = Array.from({ length: hosts }, (_, store) => `https://store${store}.test`)
  const storeOf = new Map<string, { store: number, partNumber: number }>()
  const puts: { at: number, store: number, partNumber: number }[] = []
  const inFlight = origins.map(() => 0)
  const most = { inAll: 0, each: origins.map(() => 0) }
  const signCalls: number[][] = []

  const ports = createPorts(model, {
    ...(files && { files }),
    ...(records && { records }),
    clock: time,
    api: {
      ...model.api,
      session: async () => ({ ...await model.api.session(), storeOrigins: origins, isDigestEnforced }),
      async initiate(request) {
        const answer = await model.api.initiate(request)
        if (answer.state === 'open') answer.parts.forEach(({ url, partNumber }) => storeOf.set(url, { store: request.parts?.[0]?.store ?? 0, partNumber }))
        return answer
      },
      async sign(request) {
        signCalls.push(request.parts.map(({ partNumber }) => partNumber))
        await time.sleep(10)
        const answer = await model.api.sign(request)
        answer.parts.forEach(({ url, partNumber }, index) => storeOf.set(url, { store: request.parts[index]?.store ?? 0, partNumber }))
        return answer
      },
    },
    transport: {
      async put(request) {
        const { store, partNumber } = storeOf.get(request.url) ?? { store: -1, partNumber: -1 }
        puts.push({ at: time.elapsed(), store, partNumber })
        inFlight[store] = (inFlight[store] ?? 0) + 1
        most.each[store] = Math.max(most.each[store] ?? 0, inFlight[store] ?? 0)
        most.inAll = Math.max(most.inAll, inFlight.reduce((sum, count) => sum + count, 0))
        try {
          await (put ? put(request, store, partNumber) : time.sleep(100))
          return await model.transport.put(request)
        } finally {
          inFlight[store] = (inFlight[store] ?? 0) - 1
        }
      },
    },
  })
  const uploader = createUploader(ports, { partBytes, ...options })
  const reached = (fits: () => boolean) => time.run(fits)
  const completed = () => reached(() => uploader.snapshots().length > 0 && uploader.snapshots().every(isStatus('completed')))
  return { model, ports, time, uploader, puts, most, signCalls, reached, completed }
}

const content = (parts: number) => createHash('sha512').update('seed').digest('hex').repeat(parts).slice(0, parts * partBytes)

describe('parts in flight', () => {
  it('are seven by themselves: six connections, and one queued ahead', async () => {
    const { uploader, most, completed } = createWorld()
    uploader.add([makeFile(content(60))])
    await completed()
    expect(most.inAll).toBe(7)
  })

  it('are five where the page\'s own calls go to the same host name', async () => {
    const { uploader, most, completed } = createWorld({ siteOrigin: 'https://store0.test' })
    uploader.add([makeFile(content(60))])
    await completed()
    expect(most.inAll).toBe(5)
  })

  it('are twelve over two host names where a person wants twelve, six to each and never one more', async () => {
    const { uploader, most, completed } = createWorld({ hosts: 2 })
    uploader.configure({ concurrency: 12 })
    uploader.add([makeFile(content(120)), makeFile(content(50).toUpperCase(), 'other.bin')])
    await completed()
    expect(most).toEqual({ inAll: 12, each: [6, 6] })
  })

  it('are fourteen over two host names by themselves', async () => {
    const { uploader, most, completed } = createWorld({ hosts: 2 })
    uploader.add([makeFile(content(120))])
    await completed()
    expect(most).toEqual({ inAll: 14, each: [7, 7] })
  })

  it('of a paused file are given to the others at once', async () => {
    const { uploader, time, puts, reached } = createWorld({ put: ({ signal }) => until(signal) })
    const [paused = ''] = uploader.add([makeFile(content(30))])
    await reached(() => puts.length === 7)
    const [other = ''] = uploader.add([makeFile(content(30).toUpperCase(), 'other.bin')])
    await reached(() => uploader.parts(other).some(({ status }) => status === 'ready'))
    const pausedAt = time.elapsed()
    uploader.pause(paused)
    await reached(() => puts.length === 14)
    expect(time.elapsed() - pausedAt).toBeLessThan(1_000)
  })
})

describe('a store that asks for a pause', () => {
  it.each([undefined, 3])('gets nothing before that is over, from no part of any file (with %s parts at once)', async (concurrency) => {
    let refusals = 0
    let pausedAt = 0
    const { uploader, time, puts, completed } = createWorld({
      ...(concurrency && { concurrency }),
      async put(_, __, partNumber) {
        await time.sleep(20 * partNumber)
        if (partNumber > 1 || refusals++ > 0) return
        pausedAt = time.elapsed()
        throw new LadingError('store_busy', 'Too many', { retryAfterMs: 5_000 })
      },
    })
    uploader.add([makeFile(content(30)), makeFile(content(30).toUpperCase(), 'other.bin')])
    await completed()
    expect(puts.filter(({ at }) => at > pausedAt && at < pausedAt + 5_000)).toEqual([])
    expect(puts.some(({ at }) => at >= pausedAt + 5_000)).toBe(true)
  })
})

it('a store that asks for a pause is named as the reason while nothing moves, also where other parts have landed meanwhile', async () => {
  let landedLast = 0
  const { uploader, time, reached, completed } = createWorld({
    async put(_, __, partNumber) {
      await time.sleep(20 * partNumber)
      if (partNumber > 1) landedLast = time.elapsed()
      else if (landedLast === 0) throw new LadingError('store_busy', 'Too many', { retryAfterMs: 300_000 })
    },
  })
  const [id = ''] = uploader.add([makeFile(content(30))])
  await reached(() => landedLast > 0 && time.elapsed() > landedLast + 10_000)
  expect(uploader.snapshot(id)?.state).toEqual({ status: 'waiting', reason: 'store_busy' })
  await completed()
})

describe('a host name that fails', () => {
  it('is left out while others work, its parts are signed for another, and it is tried again', async () => {
    let isDown = true
    const { uploader, time, puts, completed } = createWorld({
      hosts: 2,
      async put(_, store) {
        if (time.elapsed() > 20_000) isDown = false
        if (store === 1 && isDown) {
          await time.sleep(5)
          throw new LadingError('store_unreachable', 'refused')
        }
        await time.sleep(1_000)
      },
    })
    uploader.add([makeFile(content(600))])
    await completed()
    const toSecond = puts.filter(({ store }) => store === 1)
    // A burst or two at first; then one trial after half a minute or more, and all of them once that lands.
    expect(toSecond.filter(({ at }) => at > 10_000 && at < 30_000)).toEqual([])
    expect(toSecond.filter(({ at }) => at < 10_000).length).toBeLessThan(60)
    expect(toSecond.filter(({ at }) => at > 31_000).length).toBeGreaterThan(20)
    expect(new Set(puts.filter(({ at }) => at > 10_000 && at < 30_000).map(({ store }) => store))).toEqual(new Set([0]))
  })
})

describe('bodies in memory', () => {
  function countingFiles() {
    const held = { now: 0, most: 0 }
    const files: typeof nodeFiles = {
      ...nodeFiles,
      open(file, algorithm, bodies) {
        const open = nodeFiles.open(file, algorithm, bodies)
        return {
          ...open,
          get hashedBytes() {
            return open.hashedBytes
          },
          async body(range, digest, signal) {
            held.now += range.end - range.start
            held.most = Math.max(held.most, held.now)
            return await open.body(range, digest, signal)
          },
        }
      },
    }
    return { held, files }
  }

  it.each([['the browser can\'t stream slices', { bodies: 'bytes' as const }], ['the store does not enforce the digest', { isDigestEnforced: false }]])(
    'never take more than the budget over all files, where %s', async (_, options) => {
      const { held, files } = countingFiles()
      const { uploader, time, completed } = createWorld({
        ...options,
        files,
        memoryBytes: 14,
        async put() {
          await time.sleep(100)
          held.now -= partBytes
        },
      })
      uploader.add([makeFile(content(20)), makeFile(content(20).toUpperCase(), 'other.bin')])
      await completed()
      expect(held.most).toBe(12)
    })

  it('make the parts of a new upload small enough for two, and a frozen plan with larger ones fails with browser_limit', async () => {
    const { uploader, completed } = createWorld({ bodies: 'bytes', memoryBytes: 12, partBytes: 100 })
    uploader.add([makeFile(content(20))])
    await completed()
    expect(uploader.snapshots()[0]).toMatchObject({ partBytes: 6 })

    const small = createWorld({ bodies: 'bytes', memoryBytes: 12 })
    small.model.api.initiate = async ({ id }) => ({ state: 'open', id, isNew: true, partBytes: 8, parts: [], keptUntil: 1 })
    small.ports.api.initiate = small.model.api.initiate
    const refusing = createUploader(small.ports, { partBytes, bodies: 'bytes', memoryBytes: 12 })
    refusing.add([makeFile(content(20))])
    await small.reached(() => refusing.snapshots().every(isStatus('failed')))
    expect(refusing.snapshots()[0]?.state).toEqual({ status: 'failed', code: 'browser_limit' })
  })
})

describe('an upload of which nothing moves', () => {
  it('says so after half a minute, aborts nothing, and goes back to uploading with the next progress', async () => {
    const { uploader, time, puts, reached, completed } = createWorld({
      partBytes: 50,
      async put({ onProgress }) {
        // All of it stands in a buffer; the answer comes when that has drained.
        onProgress(20)
        await time.sleep(29_000)
        onProgress(40)
        await time.sleep(29_000)
        onProgress(50)
        await time.sleep(45_000)
      },
    })
    const [id = ''] = uploader.add([makeFile(content(20))])
    const statuses: string[] = []
    uploader.subscribe((event) => {
      if (event.type === 'changed') statuses.push(...event.uploads.map(({ state }) => (state.status === 'waiting' ? state.reason : state.status)))
    })
    await reached(() => uploader.snapshot(id)?.state.status === 'waiting')
    expect(uploader.snapshot(id)?.state).toEqual({ status: 'waiting', reason: 'network' })
    expect(time.elapsed()).toBeGreaterThanOrEqual(88_000)
    expect(time.elapsed()).toBeLessThan(89_000)
    await completed()
    expect(puts).toHaveLength(2)
    expect(statuses.filter((status, index) => status !== statuses[index - 1])).toEqual(['uploading', 'network', 'uploading', 'completed'])
  })
})

describe('a URL', () => {
  it('is signed anew where the store may have refused it and CORS hides the answer, once it is old', async () => {
    let failures = 0
    const { uploader, time, signCalls, completed } = createWorld({
      concurrency: 1,
      async put(_, __, partNumber) {
        await time.sleep(partNumber === 1 ? 70_000 : 10)
        if (partNumber === 2 && failures++ < 1) throw new LadingError('store_unreachable', 'status 0')
      },
    })
    uploader.add([makeFile(content(3))])
    await completed()
    expect(signCalls.flat().filter((partNumber) => partNumber === 2)).toHaveLength(2)
  })
})

describe('the remembered goodput', () => {
  it('is asked for once, and a database that hangs costs a second and nothing else', async () => {
    let asked = 0
    const records = createPorts(createModel()).records
    const { uploader, time, completed } = createWorld({ records: { ...records, goodput: () => {
      asked++
      return new Promise(() => {})
    } } })
    uploader.add([makeFile(content(2)), makeFile(content(3), 'other.bin')])
    await completed()
    expect(asked).toBe(1)
    expect(time.elapsed()).toBeLessThan(2_000)
  })
})
