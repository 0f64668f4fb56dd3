let isAsked = false

/** This process was asked to end: from now on it says that it is not ready. */
export function beginToStop(): void {
  isAsked = true
}

export function isStopping(): boolean {
  return isAsked
}
