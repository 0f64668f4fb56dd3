const key = 'lading-starts-at-once'

/** Whether files are sent as soon as they are chosen: so it is until the person wishes to look at them first. */
export function readStartsAtOnce(): boolean {
  try {
    return localStorage.getItem(key) !== 'false'
  } catch {
    // So it is as well where storage is blocked, or there is none, as on the server.
    return true
  }
}

export function keepStartsAtOnce(startsAtOnce: boolean): void {
  try {
    localStorage.setItem(key, String(startsAtOnce))
  } catch {
    // It still holds until the page is closed.
  }
}
