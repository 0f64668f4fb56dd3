import { useDocumentVisibility, useThrottleFn } from '@vueuse/core'
import { watch } from 'vue'
import { useUploadsStore } from '~/stores/uploads'

/** Who switches to and fro between two pages is not to ask the server each time. */
const atMostEveryMs = 30_000

/** While the component lives: asks the server again, whenever the page becomes visible, what other devices did meanwhile. */
export function useFreshList(): void {
  const { refresh } = useUploadsStore()
  const visibility = useDocumentVisibility()
  // What is asked for too early is asked when the time is over.
  const refreshNowOrSoon = useThrottleFn(refresh, atMostEveryMs, true)
  watch(visibility, (now) => {
    if (now === 'visible') void refreshNowOrSoon()
  })
}
