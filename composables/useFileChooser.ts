import type { ChosenFile } from './sourceFile'

declare global {
  interface Window {
    /** Known to the Chromium family alone, and in secure contexts. */
    showOpenFilePicker?(options: { multiple: boolean }): Promise<FileSystemFileHandle[]>
  }
}

export interface FileChooser {
  /** For the `click` event of an `<input type=file>`. */
  open(event: Event): Promise<void>
  /** For its `change` event. */
  take(event: Event): void
}

/**
 * Lets an `<input type=file>` hand out handles, with which the browser can open the same files again in a later visit: a
 * click on it shows the browser's chooser for those. Where there is none, or it can't be shown, the input's own opens.
 * Files that come to the input in any other way are taken as well. Closing either chooser changes nothing.
 *
 * @param onChosen Called with one file or more.
 */
export function useFileChooser(onChosen: (files: ChosenFile[]) => void): FileChooser {
  let isOwnWanted = false

  return {
    async open(event) {
      const input = event.target as HTMLInputElement
      if (isOwnWanted || !window.showOpenFilePicker) return
      event.preventDefault()
      let handles: FileSystemFileHandle[] = []
      try {
        handles = await window.showOpenFilePicker({ multiple: input.multiple })
      } catch (thrown) {
        // So it is told that the person has closed it.
        if ((thrown as DOMException).name === 'AbortError') return
        isOwnWanted = true
        input.click()
        isOwnWanted = false
        return
      }
      onChosen(handles)
    },

    take(event) {
      const input = event.target as HTMLInputElement
      const files = [...input.files ?? []]
      // Emptied, so that choosing the same files once more is noticed as well.
      input.value = ''
      if (files.length > 0) onChosen(files)
    },
  }
}
