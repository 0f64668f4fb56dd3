import type { MadeFile } from './receiptFiles'

/** Lets the browser save a file that the page made, as if it were a download. */
export function saveFile({ name, contentType, text }: MadeFile): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: contentType }))
  link.download = name
  link.click()
  // The browser reads it after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
