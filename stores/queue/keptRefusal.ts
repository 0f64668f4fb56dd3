const key = 'lading-end-notice'

/** Whether the person said in this browser that the end of an upload is not to be told. */
export function isRefusalKept(): boolean {
  try {
    return localStorage.getItem(key) === 'no'
  } catch {
    // Nobody is asked where the answer can't be kept: they would be asked again on each visit.
    return true
  }
}

export function keepRefusal(): void {
  try {
    localStorage.setItem(key, 'no')
  } catch {
    // Nobody was asked then.
  }
}
