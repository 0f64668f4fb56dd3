import type { Uploader } from '~/uploader/engine/types'

/** Where the browser tells what becomes of the page. */
export interface PageEvents {
  window: EventTarget
  document: EventTarget & Pick<Document, 'visibilityState'>
}

/**
 * Puts what sleeps and wakes together with the page to sleep, and wakes it, in the given order. When one is put away nobody can say whether it comes
 * back, as by the Back button: so each time is taken for the last one.
 */
export function followPageLife(sleepers: readonly Pick<Uploader, 'suspend' | 'wake'>[], { window, document }: PageEvents): void {
  const suspend = () => sleepers.forEach((sleeper) => sleeper.suspend())
  const wake = () => sleepers.forEach((sleeper) => sleeper.wake())
  window.addEventListener('pagehide', suspend)
  document.addEventListener('freeze', suspend)

  window.addEventListener('pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) wake()
  })
  document.addEventListener('resume', wake)

  // Nothing was stopped in these cases, but the machine may have slept, or its network was away.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wake()
  })
  window.addEventListener('online', wake)
}
