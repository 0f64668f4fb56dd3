import type { UploadEvent } from '~/uploader/engine/state'
import type { UploadState, UploadStatus } from '~/uploader/engine/types'
import { isFinal, transition } from '~/uploader/engine/state'
import { describe, expect, it } from 'vitest'

const receipt = { id: 'receipt' } as unknown as Extract<UploadState, { status: 'completed' }>['receipt']

const states: Record<UploadStatus, UploadState> = {
  queued: { status: 'queued' },
  opening: { status: 'opening' },
  proving: { status: 'proving' },
  uploading: { status: 'uploading' },
  waiting: { status: 'waiting', reason: 'network' },
  paused: { status: 'paused' },
  assembling: { status: 'assembling' },
  discarding: { status: 'discarding' },
  completed: { status: 'completed', receipt },
  failed: { status: 'failed', code: 'file_mismatch' },
  discarded: { status: 'discarded' },
}

const events: UploadEvent[] = [
  { type: 'queued' },
  { type: 'opening' },
  { type: 'proving' },
  { type: 'uploading' },
  { type: 'waiting', reason: 'offline' },
  { type: 'paused' },
  { type: 'assembling' },
  { type: 'discarding' },
  { type: 'completed', receipt },
  { type: 'failed', code: 'file_changed' },
  { type: 'discarded' },
]

describe('the state of an upload', () => {
  it('can be left by pause and discard wherever something is going on', () => {
    for (const status of ['queued', 'opening', 'proving', 'uploading', 'waiting', 'assembling'] as const) {
      expect(transition(states[status], { type: 'paused' }).status).toBe('paused')
      expect(transition(states[status], { type: 'discarding' }).status).toBe('discarding')
    }
  })

  it('is left by nothing once it is final', () => {
    for (const state of Object.values(states).filter(isFinal)) {
      for (const event of events) expect(transition(state, event)).toBe(state)
    }
  })

  it.each(['opening', 'proving', 'uploading', 'waiting', 'assembling', 'completed', 'failed'] as const)(
    'does not listen to a late "%s" after a pause, but for a failure',
    (type) => {
      const event = events.find((one) => one.type === type)
      const next = event && transition(states.paused, event)
      expect(next?.status).toBe(type === 'failed' ? 'failed' : 'paused')
    },
  )

  it('says completed only on the way there, or where a discard came too late', () => {
    const from = Object.values(states).filter((state) => transition(state, { type: 'completed', receipt }).status === 'completed')
    expect(from.map(({ status }) => status)).toEqual(['opening', 'proving', 'waiting', 'assembling', 'discarding', 'completed'])
  })

  it('is completed elsewhere only while it stands still here', () => {
    const from = Object.values(states).filter((state) => transition(state, { type: 'completedElsewhere', receipt }) !== state)
    expect(from.map(({ status }) => status)).toEqual(['paused', 'failed'])
  })
})
