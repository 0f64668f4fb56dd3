import { describe, expect, it } from 'vitest'
import { createLogbook } from '~/uploader/engine/logbook'
import { createVirtualClock } from './world'

describe('the log of an upload', () => {
  it('tells what happened in order, by the clock on the wall and by one that nobody sets', () => {
    const clock = { ...createVirtualClock(), now: () => 5, elapsed: () => 70 }
    const logbook = createLogbook(clock)
    const upload = {}
    logbook.note(upload, { type: 'state', status: 'opening' })
    clock.now = () => 1
    clock.elapsed = () => 90
    logbook.note(upload, { type: 'sent', partNumber: 1, tries: 1, store: 0 })
    expect(logbook.read(upload)).toEqual([
      { type: 'state', status: 'opening', at: 5, elapsedMs: 70 },
      { type: 'sent', partNumber: 1, tries: 1, store: 0, at: 1, elapsedMs: 90 },
    ])
    expect(logbook.read({})).toEqual([])
  })

  it('keeps what went wrong however many parts came and went since', () => {
    const logbook = createLogbook(createVirtualClock())
    const upload = {}
    logbook.note(upload, { type: 'retry', partNumber: 3, code: 'stalled', sentBytes: 9 })
    for (let partNumber = 1; partNumber <= 10_000; partNumber++) {
      logbook.note(upload, { type: 'sent', partNumber, tries: 1, store: 0 })
      logbook.note(upload, { type: 'landed', partNumber, tookMs: 1 })
    }
    const events = logbook.read(upload)
    expect(events).toHaveLength(61)
    expect(events[0]).toMatchObject({ type: 'retry', code: 'stalled' })
    expect(events.at(-1)).toMatchObject({ type: 'landed', partNumber: 10_000 })

    for (let tries = 0; tries < 1_000; tries++) logbook.note(upload, { type: 'pause', code: 'stalled', waitMs: tries })
    expect(logbook.read(upload)).toHaveLength(200)
  })

  it('keeps 20,000 events over all uploads, and lets go of the upload that has been quiet for longest', () => {
    const logbook = createLogbook(createVirtualClock())
    const uploads = Array.from({ length: 10_000 }, () => ({}))
    const [first = {}] = uploads
    for (const upload of uploads) {
      for (let event = 0; event < 10; event++) logbook.note(upload, { type: 'state', status: 'uploading' })
      logbook.note(first, { type: 'state', status: 'waiting', reason: 'offline' })
    }
    const kept = uploads.reduce<number>((sum, upload) => sum + logbook.read(upload).length, 0)
    expect(kept).toBeLessThanOrEqual(20_000)
    expect(kept).toBeGreaterThan(19_900)
    expect(logbook.read(first)).toHaveLength(140)
    expect(logbook.read(uploads[1] ?? {})).toEqual([])
    expect(logbook.read(uploads.at(-1) ?? {})).toHaveLength(10)

    logbook.forget(first)
    expect(logbook.read(first)).toEqual([])
  })
})
