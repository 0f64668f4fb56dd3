import { useEventListener } from '@vueuse/core'

/** Input fields that take no text, so that a paste in them is meant for the page. */
const withoutText = 'input:is([type=file], [type=checkbox], [type=radio], [type=button], [type=range])'

/** Takes files that are pasted anywhere on the page. Whoever is typing pastes into the text, and no files are taken. */
export function usePagePaste(onPaste: (transfer: DataTransfer) => void): void {
  useEventListener('paste', (event: ClipboardEvent) => {
    const { clipboardData } = event
    if (!clipboardData?.types.includes('Files') || isTyping(event.target)) return
    event.preventDefault()
    onPaste(clipboardData)
  })
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches(`textarea, select, input:not(${withoutText})`)
}
