import type { Uploader } from '~/uploader/engine/types'

/** Where the browser tells what becomes of the page. */
export interface PageEvents {
  window: EventTarget
  document: EventTarget & Pick<Document, 'visibilityState'>
}

/**
 * Puts the engine to sleep and wakes it together with the page. When one is put away nobody can say whether it comes
 * back, as by the Back button: so each time is taken for the last one.
 */
export function followPageLife(uploader: Pick<Uploader, 'suspend' | 'wake'>, { window, document }: PageEvents): void {
  window.addEventListener('pagehide', uploader.suspend)
  document.addEventListener('freeze', uploader.suspend)

  window.addEventListener('pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) uploader.wake()
  })
  document.addEventListener('resume', uploader.wake)

  // Nothing was stopped in these cases, but the machine may have slept, or its network was away.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') uploader.wake()
  })
  window.addEventListener('online', uploader.wake)
}
