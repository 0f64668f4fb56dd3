import { useEventListener } from '@vueuse/core'
import { storeToRefs } from 'pinia'
import { computed } from 'vue'
import { useChosenStore } from '~/stores/chosen'
import { useUploadsStore } from '~/stores/uploads'

/**
 * Has the browser ask before the page is left, while an upload would stop with it, or chosen files that wait to be sent
 * would have to be chosen again. At all other times nobody listens, for in some browsers a page that does is not kept for
 * the Back button.
 */
export function useLeaveWarning(): void {
  const { wouldStop } = storeToRefs(useUploadsStore())
  const { waits } = storeToRefs(useChosenStore())
  const wouldLose = computed(() => wouldStop.value || waits.value)
  useEventListener(() => (wouldLose.value ? window : undefined), 'beforeunload', (event) => event.preventDefault())
}
