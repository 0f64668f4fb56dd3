import type { TabMessage } from '~/uploader/engine/tabs/messages'
import type { TabChannel } from '~/uploader/engine/ports'
import type { Tab } from './tab'
import type { VirtualTime } from './virtualTime'

/** How long a message is on its way from one tab to another, in milliseconds. */
const deliveryMs = 1

/** What tabs tell each other: heard by all that live when it arrives, in order. */
export interface Mail {
  of(tab: Pick<Tab, 'isDead'>): TabChannel
}

export function createMail(time: VirtualTime): Mail {
  const boxes = new Map<Pick<Tab, 'isDead'>, Set<(message: TabMessage) => void>>()

  return {
    of: (tab) => ({
      tell(message) {
        if (tab.isDead) return
        time.after(deliveryMs, () => {
          for (const [other, listeners] of boxes) {
            if (other !== tab && !other.isDead) for (const hear of listeners) hear(message)
          }
        })
      },
      listen(hear) {
        const listeners = boxes.get(tab) ?? new Set()
        boxes.set(tab, listeners.add(hear))
        return () => void listeners.delete(hear)
      },
    }),
  }
}
