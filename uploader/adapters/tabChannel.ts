import type { TabChannel } from '~/uploader/engine/ports'
import type { TabMessage } from '~/uploader/engine/tabs/messages'

/** The other tabs of this origin, over a BroadcastChannel: files go over it by reference. Undefined where there is none. */
export function createTabChannel(name = 'lading-tabs'): TabChannel | undefined {
  if (!('BroadcastChannel' in globalThis)) return undefined
  const channel = new BroadcastChannel(name)
  return {
    tell: (message) => channel.postMessage(message),
    listen(hear) {
      const heard = ({ data }: MessageEvent<TabMessage>) => hear(data)
      channel.addEventListener('message', heard)
      return () => channel.removeEventListener('message', heard)
    },
  }
}
