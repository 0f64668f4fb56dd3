/** What the tabs of a browser tell each other of who is signed in: the cookie is one for all of them. */
export type AccessMessage =
  | { type: 'entered', owner: string }
  | { type: 'left' }

export interface AccessChannel {
  tell(message: AccessMessage): void
  /** Answers how to stop listening: a page that listens is not kept for the Back button. */
  listen(hear: (message: AccessMessage) => void): () => void
}

/** Where there is no BroadcastChannel, each tab finds out by itself with its next call. */
export function createAccessChannel(name = 'lading-access'): AccessChannel | undefined {
  if (!('BroadcastChannel' in globalThis)) return undefined
  const channel = new BroadcastChannel(name)
  return {
    tell: (message) => channel.postMessage(message),
    listen(hear) {
      const heard = ({ data }: MessageEvent<AccessMessage>) => hear(data)
      channel.addEventListener('message', heard)
      return () => channel.removeEventListener('message', heard)
    },
  }
}
