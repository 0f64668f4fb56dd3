import { useDocumentVisibility, useOnline, useThrottleFn } from '@vueuse/core'
import { watch } from 'vue'
import { useSentFiles } from './useSentFiles'

/** Who switches to and fro between two pages is not to ask the server each time. */
const atMostEveryMs = 30_000

/** While the component lives: the list of sent files is renewed when the page becomes visible, and when the network is back. */
export function useFreshFiles(): void {
  const { refresh, error } = useSentFiles()
  const visibility = useDocumentVisibility()
  const isOnline = useOnline()
  const refreshNowOrSoon = useThrottleFn(refresh, atMostEveryMs, true)
  watch(visibility, (now) => {
    if (now === 'visible') void refreshNowOrSoon()
  })
  watch(isOnline, (now) => {
    if (now && error.value) void refresh()
  })
}
