import { useEventListener } from '@vueuse/core'
import { storeToRefs } from 'pinia'
import { useUploadsStore } from '~/stores/uploads'

/**
 * Has the browser ask before the page is left, while an upload would stop with it. At all other times nobody listens,
 * for in some browsers a page that does is not kept for the Back button.
 */
export function useLeaveWarning(): void {
  const { wouldStop } = storeToRefs(useUploadsStore())
  useEventListener(() => (wouldStop.value ? window : undefined), 'beforeunload', (event) => event.preventDefault())
}
