import type { UploadState } from '~/uploader/engine/types'
import { describe, expect, it } from 'vitest'
import { wouldStop } from '~/stores/wouldStop'
import { receiptOf, snapshotOf } from '~/tests/nuxt/fakeUploader'

const upload = (state: UploadState, isElsewhere = false) => snapshotOf({ id: 'a', state, isElsewhere })
const completed = upload({ status: 'completed', receipt: receiptOf({ id: 'a' }) })

const goingOn: UploadState[] = [
  { status: 'queued' },
  { status: 'opening' },
  { status: 'proving' },
  { status: 'uploading' },
  { status: 'assembling' },
  { status: 'waiting', reason: 'offline' },
  { status: 'waiting', reason: 'network' },
  { status: 'waiting', reason: 'store_busy' },
]

const standing: UploadState[] = [
  { status: 'paused' },
  { status: 'failed', code: 'file_changed' },
  { status: 'waiting', reason: 'sign_in' },
  { status: 'waiting', reason: 'other_tab' },
  { status: 'discarding' },
  { status: 'discarded' },
]

describe('leaving the page', () => {
  it.each(goingOn)('stops an upload that goes on by itself: %o', (state) => {
    expect(wouldStop([upload({ status: 'paused' }), upload(state), completed])).toBe(true)
  })

  it.each(standing)('stops nothing where it stands still, or ends anyway: %o', (state) => {
    expect(wouldStop([upload(state), completed])).toBe(false)
  })

  it.each(goingOn)('stops nothing of what another tab is at: %o', (state) => {
    expect(wouldStop([upload(state, true)])).toBe(false)
  })

  it('stops nothing where there is nothing', () => {
    expect(wouldStop([])).toBe(false)
  })
})
