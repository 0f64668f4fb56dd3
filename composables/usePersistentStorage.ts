import { storeToRefs } from 'pinia'
import { watch } from 'vue'
import { useUploadsStore } from '~/stores/uploads'

const key = 'lading-persistence'

/**
 * Asks the browser, when the first file is added, not to throw away what it remembers of uploads. Once in its life and
 * never again, whatever the answer: without leave an upload may be forgotten here, and its file has to be picked again.
 */
export function usePersistentStorage(): void {
  const { totals } = storeToRefs(useUploadsStore())
  watch(() => totals.value.count > 0, askOnce, { once: true })
}

async function askOnce() {
  try {
    if (localStorage.getItem(key) !== null) return
    // Written down first: a browser that can't remember the question would be asked on each visit.
    localStorage.setItem(key, 'asked')
    await navigator.storage?.persist()
  } catch {
    // Where storage is blocked there is nothing to keep.
  }
}
