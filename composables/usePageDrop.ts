import { useEventListener } from '@vueuse/core'
import type { Ref } from 'vue'
import { ref } from 'vue'

/**
 * Takes files that are dropped anywhere on the page, so that a drop beside the target never makes the browser leave
 * the page for the file.
 *
 * @returns Whether files are being dragged over the page right now.
 */
export function usePageDrop(onDrop: (transfer: DataTransfer) => void): Readonly<Ref<boolean>> {
  const isOver = ref(false)

  useEventListener('dragover', (event: DragEvent) => {
    if (!holdsFiles(event.dataTransfer)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    isOver.value = true
  })
  // Without a related target the pointer has left the window, not just passed from one element to the next.
  useEventListener('dragleave', (event: DragEvent) => {
    if (!event.relatedTarget) isOver.value = false
  })
  useEventListener('drop', (event: DragEvent) => {
    isOver.value = false
    if (!holdsFiles(event.dataTransfer)) return
    event.preventDefault()
    onDrop(event.dataTransfer)
  })

  return isOver
}

function holdsFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') ?? false
}
