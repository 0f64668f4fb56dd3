import { describe, expect, it } from 'vitest'
import { gatherMs } from '~/uploader/engine/gathering'

const beginning = { leastMs: 50, isMoreToCome: true, hasLanded: false, sending: 0, limit: 7 }

describe('parts for one sign call', () => {
  it('gather for a moment while hardly anything is being sent, and for longer while connections are busy', () => {
    expect(gatherMs(beginning)).toBe(50)
    expect(gatherMs({ ...beginning, sending: 1 })).toBe(50)
    expect(gatherMs({ ...beginning, sending: 2 })).toBe(200)
  })

  it('gather for longest where parts land quicker than they are read', () => {
    expect(gatherMs({ ...beginning, hasLanded: true })).toBe(500)
    expect(gatherMs({ ...beginning, hasLanded: true, sending: 3 })).toBe(500)
    expect(gatherMs({ ...beginning, hasLanded: true, sending: 4 })).toBe(200)
  })

  it('do not wait for others once all have been read', () => {
    expect(gatherMs({ ...beginning, isMoreToCome: false })).toBe(0)
    expect(gatherMs({ ...beginning, hasLanded: true, isMoreToCome: false })).toBe(0)
  })
})
