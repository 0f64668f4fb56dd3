import type { TabChannel } from '~/uploader/engine/ports'
import type { TabMessage } from '~/uploader/engine/tabs/messages'
import type { Whose } from './whose'

type OwnedMessage = TabMessage & { owner?: string }

/**
 * The other tabs of this origin that are the same owner's, over a BroadcastChannel: files go over it by reference.
 * Undefined where there is none.
 */
export function createTabChannel(whose: Whose, name = 'lading-tabs'): TabChannel | undefined {
  if (!('BroadcastChannel' in globalThis)) return undefined
  const channel = new BroadcastChannel(name)
  return {
    tell: (message) => channel.postMessage({ ...message, owner: whose.owner } satisfies OwnedMessage),
    listen(hear) {
      const heard = ({ data }: MessageEvent<OwnedMessage>) => {
        if (data.owner === whose.owner) hear(data)
      }
      channel.addEventListener('message', heard)
      return () => channel.removeEventListener('message', heard)
    },
  }
}
