import { useDocumentVisibility } from '@vueuse/core'
import { storeToRefs } from 'pinia'
import { computed, onScopeDispose, watch } from 'vue'
import { useUploadsStore } from '~/stores/uploads'

/**
 * Keeps the screen, and so the machine, awake while an upload goes on in this tab. The browser takes the lock away when
 * the page is hidden; it is taken again when the page is seen.
 */
export function useSendingWakeLock(): void {
  const { wouldStop } = storeToRefs(useUploadsStore())
  const visibility = useDocumentVisibility()
  const isWanted = computed(() => wouldStop.value && visibility.value === 'visible')
  let lock: WakeLockSentinel | undefined
  let turn = Promise.resolve()

  async function change(isHeld: boolean) {
    if (!('wakeLock' in navigator)) return
    await lock?.release()
    lock = undefined
    try {
      if (isHeld) lock = await navigator.wakeLock.request('screen')
    } catch {
      // Refused, on a low battery for example: then the machine may sleep, and the upload goes on when it wakes.
    }
  }

  /** One after the other: a lock that comes late is still let go of. */
  const changeInTurn = (isHeld: boolean) => {
    turn = turn.then(() => change(isHeld))
  }
  watch(isWanted, changeInTurn)
  onScopeDispose(() => changeInTurn(false))
}
