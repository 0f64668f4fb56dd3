import { followPageLife } from '~/uploader/adapters/pageLife'
import { describe, expect, it } from 'vitest'

/** A page of which the test says what becomes of it. */
function createPage() {
  const calls: string[] = []
  const window = new EventTarget()
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' as DocumentVisibilityState })
  followPageLife([{ suspend: () => void calls.push('suspend'), wake: () => void calls.push('wake') }], { window, document })
  return { calls, window, document }
}

const pageEvent = (type: string, persisted: boolean) => Object.assign(new Event(type), { persisted })

describe('the engine', () => {
  it('sleeps while the page is kept for the Back button', () => {
    const { calls, window } = createPage()
    window.dispatchEvent(pageEvent('pagehide', true))
    expect(calls).toEqual(['suspend'])
    window.dispatchEvent(pageEvent('pageshow', true))
    expect(calls).toEqual(['suspend', 'wake'])
  })

  it('sleeps when the page is left for good, for nobody can tell', () => {
    const { calls, window } = createPage()
    window.dispatchEvent(pageEvent('pagehide', false))
    expect(calls).toEqual(['suspend'])
  })

  it('is not woken by the page being shown for the first time', () => {
    const { calls, window } = createPage()
    window.dispatchEvent(pageEvent('pageshow', false))
    expect(calls).toEqual([])
  })

  it('sleeps while the page is frozen', () => {
    const { calls, document } = createPage()
    document.dispatchEvent(new Event('freeze'))
    document.dispatchEvent(new Event('resume'))
    expect(calls).toEqual(['suspend', 'wake'])
  })

  it('goes on while the page is hidden, and tries at once when it is seen again', () => {
    const { calls, document } = createPage()
    document.visibilityState = 'hidden'
    document.dispatchEvent(new Event('visibilitychange'))
    expect(calls).toEqual([])
    document.visibilityState = 'visible'
    document.dispatchEvent(new Event('visibilitychange'))
    expect(calls).toEqual(['wake'])
  })

  it('tries at once when the machine has a network again', () => {
    const { calls, window } = createPage()
    window.dispatchEvent(new Event('online'))
    expect(calls).toEqual(['wake'])
  })
})
