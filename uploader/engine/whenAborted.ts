const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls back once when the signal is aborted; answers how to take that back. However many wait for one signal, it has one
 * listener, and joining or leaving costs the same.
 */
export function whenAborted(signal: AbortSignal, callback: () => void): () => void {
  const known = callbacksOf.get(signal)
  const callbacks = known ?? new Set()
  if (!known) {
    callbacksOf.set(signal, callbacks)
    signal.addEventListener('abort', () => {
      for (const call of [...callbacks]) call()
    }, { once: true })
  }
  callbacks.add(callback)
  return () => void callbacks.delete(callback)
}
