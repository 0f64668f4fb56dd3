import { storeToRefs } from 'pinia'
import type { Ref } from 'vue'
import { computed } from 'vue'
import type { Receipt } from '#shared/api'
import type { VerifyMilestone } from '~/stores/verifications'
import { useVerificationsStore } from '~/stores/verifications'
import type { VerifyState } from '~/uploader/engine/types'

export interface Verification {
  /** Undefined while nobody has asked for it. */
  state: Readonly<Ref<VerifyState | undefined>>
  /** It waits for its turn, or is being read. */
  isUnderWay: Readonly<Ref<boolean>>
  verify(): Promise<void>
  /** Stops it, or takes its result off the screen. */
  clear(): void
}

/**
 * Reads one stored file back and compares it with its receipt.
 *
 * - **Errors**: nothing throws; what went wrong is a state.
 * - **Lifetime**: it belongs to the app, and goes on when the component that asked for it is gone.
 * - **SSR**: on the server there is no state, and the actions do nothing.
 */
export function useVerification(receipt: () => Receipt): Verification {
  const store = useVerificationsStore()
  const state = computed(() => store.state(receipt().id))
  return {
    state,
    isUnderWay: computed(() => state.value?.status === 'queued' || state.value?.status === 'reading'),
    verify: () => store.verify(receipt()),
    clear: () => store.clear(receipt().id),
  }
}

/** The latest verification that came to its end, for whoever says it aloud. */
export function useVerifyMilestone(): Readonly<Ref<VerifyMilestone | undefined>> {
  return storeToRefs(useVerificationsStore()).milestone
}
