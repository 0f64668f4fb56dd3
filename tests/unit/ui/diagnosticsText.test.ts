import { describe, expect, it } from 'vitest'
import { LadingError } from '#shared/errors'
import type { Diagnosis } from '~/composables/parts/diagnosticsText'
import { diagnosticsText } from '~/composables/parts/diagnosticsText'
import { snapshotOf } from '~/tests/nuxt/fakeUploader'
import { createModel, createPorts, isStatus, makeFile, until } from '~/tests/unit/engine/world'
import { createUploader } from '~/uploader/engine/uploader'

const id = '0b2b6f0e-8a58-4f2c-9d6c-6d2f3c1f9a11'
const settings = { concurrency: undefined, partBytes: 8 << 20, bytesPerSecond: undefined, goesOnByItself: true }
const browser = { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', language: 'en-US', onLine: true }
const plain: Diagnosis = { upload: snapshotOf({ id }), events: [], parts: [], settings, build: id, browser, madeAt: Date.UTC(2026, 10, 26) }

/** All that a presigned URL, an answer of the store or a session could give away. */
const secrets = [
  'https://bucket.store.test/data/owner/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261126&X-Amz-Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef&X-Amz-Security-Token=FwoGZXIvYXdzEBYaD',
  '__Host-lading=Fe26.2**sealed',
  'AKIAIOSFODNN7EXAMPLE',
  'uploadId=VXBsb2FkIElE',
  'bucket.store.test',
]
const [url = ''] = secrets

function expectNoSecret(text: string) {
  for (const secret of secrets) expect(text).not.toContain(secret)
  expect(text).not.toMatch(/x-amz|https?:|signature|credential|AKIA|store\.test|__Host|Fe26|\?X/i)
}

describe('the diagnostics of an upload', () => {
  it('tell what it is, how it stands, which parts had trouble, and what happened, by the clock and from the first event on', () => {
    const text = diagnosticsText({
      ...plain,
      upload: snapshotOf({ id, fileName: 'film.mov', state: { status: 'failed', code: 'store_busy' } }),
      parts: [
        { partNumber: 1, bytes: 100, status: 'proven', sentBytes: 100, tries: 1 },
        { partNumber: 2, bytes: 100, status: 'retrying', sentBytes: 0, tries: 3, lastError: 'stalled' },
      ],
      events: [
        { type: 'state', status: 'opening', at: Date.UTC(2026, 10, 26, 8), elapsedMs: 5_000 },
        { type: 'retry', partNumber: 2, code: 'stalled', sentBytes: 40, at: Date.UTC(2026, 10, 26, 8, 0, 2), elapsedMs: 7_250 },
      ],
    })
    expect(text).toContain('file      "film.mov" 1000 bytes')
    expect(text).toContain(`upload    ${id}`)
    expect(text).toContain('status=failed code=store_busy')
    expect(text).toContain('count=10 bytes=100 proven=1 stored=0 sending=0 retrying=1')
    expect(text).toContain('part=2 status=retrying tries=3 lastError=stalled')
    expect(text).not.toContain('part=1 ')
    expect(text).toContain('settings  partBytes=8388608 goesOnByItself=true')
    expect(text).toContain('2026-11-26T08:00:00.000Z     +0.000 state status=opening')
    expect(text).toContain('2026-11-26T08:00:02.000Z     +2.250 retry partNumber=2 code=stalled sentBytes=40')
  })

  it('let no secret in, wherever one turns up', () => {
    const hostile = url as never
    const text = diagnosticsText({
      ...plain,
      upload: { ...snapshotOf({ id: url, fileName: 'a.bin' }), state: { status: 'failed', code: hostile }, refusal: hostile, partBytes: hostile, sentBytes: hostile, relativePath: url },
      events: secrets.flatMap((secret) => [
        { type: 'retry', partNumber: 1, code: secret as never, sentBytes: secret as never, at: 1, elapsedMs: 1 },
        { type: secret as never, partNumber: 1, tookMs: 1, at: Number.NaN, elapsedMs: 2 },
        { type: 'opened', partBytes: { url: secret } as never, partCount: [secret] as never, storedParts: 0, storedBytes: 0, at: Infinity, elapsedMs: 2 },
      ]),
      parts: secrets.map((secret) => ({ partNumber: 1, bytes: 1, status: 'waiting', sentBytes: 0, tries: 2, lastError: secret as never })),
      settings: { ...settings, theme: url, language: secrets[1] } as never,
      build: url,
      browser: { ...browser, language: url },
    })
    expectNoSecret(text)
    expect(text).toContain('code=?')
  })

  it('keep a name that tries to be more than one line on its own', () => {
    const fileName = 'a"\nstate     status=completed\u2028\u0085\r.bin'
    const text = diagnosticsText({ ...plain, upload: snapshotOf({ id, fileName }) })
    expect(text).toContain('file      "a\\"\\nstate     status=completed??\\r.bin" 1000 bytes')
    expect(text.split(/[\n\r\u0085\u2028]/).filter((line) => line.startsWith('state'))).toEqual([expect.stringContaining('status=uploading')])
  })

  it('of a real run tell retries and their causes, and nothing of the addresses that they were sent to', async () => {
    const model = createModel()
    let refusals = 0
    const ports = createPorts(model, {
      api: {
        ...model.api,
        async sign(request) {
          const answer = await model.api.sign(request)
          return { ...answer, parts: answer.parts.map((part) => ({ ...part, url: `${url}&to=${part.url}` })) }
        },
      },
      transport: {
        async put(request) {
          if (refusals++ < 5) throw new LadingError('stalled', `Nothing moved on ${request.url}`, { cause: new Error(url) })
          if (refusals === 7) throw new TypeError(`Failed to fetch ${request.url}`)
          return await model.transport.put({ ...request, url: request.url.replace(`${url}&to=`, '') })
        },
      },
    })
    const uploader = createUploader(ports, { retries: 9, partBytes: 4 })
    const [added = ''] = uploader.add([makeFile('a cargo of several parts, which go one by one')])
    await until(uploader, (upload) => isStatus('failed')(upload) || isStatus('completed')(upload))
    const upload = uploader.snapshot(added) ?? snapshotOf({ id: added })
    const text = diagnosticsText({ ...plain, upload, events: uploader.events(added), parts: uploader.parts(added) })
    expect(text).toMatch(/retry partNumber=1 code=stalled sentBytes=0/)
    expect(text).toMatch(/pause code=stalled waitMs=\d+/)
    expect(text).toMatch(/state status=opening/)
    expect(text).toMatch(/opened partBytes=4 partCount=12 storedParts=0 storedBytes=0/)
    expect(text).toMatch(/signed parts=\d+ tookMs=/)
    expectNoSecret(text)
    expect(uploader.speeds(added).reduce((sum, { retries }) => sum + retries, 0)).toBeGreaterThanOrEqual(5)
    await uploader.close()
  })
})
