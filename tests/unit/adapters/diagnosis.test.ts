import type { FailedPut } from '~/uploader/adapters/diagnosis'
import type { Surroundings } from '~/uploader/adapters/surroundings'
import { describe, expect, it } from 'vitest'
import { diagnose } from '~/uploader/adapters/diagnosis'

const { signal } = new AbortController()

async function codeOf(found: { online?: boolean, server?: boolean, store?: boolean }, put: Partial<FailedPut> = {}) {
  const asked: string[] = []
  const surroundings: Surroundings = {
    isOnline: () => found.online ?? true,
    isServerThere: async () => found.server ?? true,
    async isStoreThere(origin) {
      asked.push(origin)
      return found.store ?? true
    },
  }
  const { code } = await diagnose({ url: 'https://bucket.store.test:444/key?uploadId=1', body: new Blob(['part']), sentBytes: 0, signal, ...put }, surroundings)
  if (asked.length > 0) expect(asked).toEqual(['https://bucket.store.test:444'])
  return code
}

/** A slice of a file that is no longer what it was; the browser says so only when it is read. */
function broken(name: string): Blob {
  const body = new Blob(['part'])
  body.slice = () => Object.assign(new Blob(), { arrayBuffer: () => Promise.reject(new DOMException('', name)) })
  return body
}

describe('a part that ended without a status', () => {
  it.each([['NotFoundError', 'file_unreadable'], ['NotReadableError', 'file_changed']])('is blamed on its file first, where reading that says %s', async (name, code) => {
    expect(await codeOf({ online: false, server: false, store: false }, { body: broken(name) })).toBe(code)
  })

  it('is blamed on the network where the browser knows that it is offline, or nothing answers', async () => {
    expect(await codeOf({ online: false })).toBe('offline')
    expect(await codeOf({ server: false, store: false })).toBe('store_unreachable')
    // A captive portal answers for the store, and not in our server's words.
    expect(await codeOf({ server: false, store: true })).toBe('store_unreachable')
    expect(await codeOf({ store: false })).toBe('store_unreachable')
  })

  it('was refused by CORS where all is there and not one byte had left', async () => {
    expect(await codeOf({})).toBe('store_cors')
    expect(await codeOf({}, { body: new ArrayBuffer(4) })).toBe('store_cors')
  })

  it('lost its connection, or its answer was hidden, where bytes had left: their preflight was granted', async () => {
    expect(await codeOf({}, { sentBytes: 1 })).toBe('store_unreachable')
  })

  it('that is empty says nothing about CORS', async () => {
    expect(await codeOf({}, { body: new Blob([]) })).toBe('store_unreachable')
  })

  it('is not diagnosed any further once it is paused', async () => {
    const stop = new AbortController()
    const body = new Blob(['part'])
    body.slice = () => Object.assign(new Blob(), { arrayBuffer: () => new Promise<ArrayBuffer>(() => {}) })
    const diagnosed = codeOf({}, { body, signal: stop.signal })
    stop.abort(new Error('paused'))
    await expect(diagnosed).rejects.toThrow('paused')
  })
})
