import { createGlobalState, useClipboard } from '@vueuse/core'
import { computed, shallowRef } from 'vue'

/** One for the whole page: each asks the browser about two permissions, and Chromium keeps both answers for as long as the page lives. */
const useOneClipboard = createGlobalState(() => useClipboard({ legacy: true, copiedDuring: 2000 }))

/** Puts a text on the clipboard. For two seconds after that `copied` is true wherever that very text was copied. */
export function useCopying() {
  const clipboard = useOneClipboard()
  const own = shallowRef<string>()
  const copied = computed(() => clipboard.copied.value && clipboard.text.value === own.value)

  async function copy(text: string) {
    own.value = text
    await clipboard.copy(text)
  }

  return { copy, copied }
}
