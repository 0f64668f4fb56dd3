import type { Found } from '~/stores/chosen'
import { droppedFiles } from './droppedFiles'
import { isSourceFile } from './sourceFile'

/** What an image is called that is on the clipboard by itself, in all browsers; its time is that of the paste. */
const clipboardImage = /^image\.(\w+)$/
const justNowMs = 5_000

export interface PasteOptions {
  /** What an image without a name of its own is called, before its time. */
  word: string
  now: Date
  /** Names that were given to pasted images before; the new ones are added. */
  given: Set<string>
}

/**
 * Everything that was pasted. A screenshot, which has no name of its own, is named after its time, and no two are named
 * alike. Must be called within the event itself.
 */
export function pastedFiles(transfer: DataTransfer, options: PasteOptions): AsyncIterable<Found[]> {
  return renamed(droppedFiles(transfer), options)
}

async function* renamed(choice: AsyncIterable<Found[]>, options: PasteOptions): AsyncGenerator<Found[], void, void> {
  for await (const slice of choice) {
    yield slice.map((found) => isSourceFile(found) ? { ...found, name: pastedName(found, options) } : found)
  }
}

/** The file's own name, or one with the time: `Screenshot 2026-11-26 08.17.05.png`. Colons are not allowed everywhere. */
export function pastedName({ name, modifiedAt, relativePath }: { name: string, modifiedAt: number, relativePath?: string }, { word, now, given }: PasteOptions): string {
  const extension = name === '' ? '' : clipboardImage.exec(name)?.[1]
  const isNameless = !relativePath && extension !== undefined && Math.abs(now.getTime() - modifiedAt) <= justNowMs
  if (!isNameless) return name
  const stem = `${word} ${dayOf(now)} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(twoDigits).join('.')}`
  const ending = extension && `.${extension}`
  let named = stem + ending
  for (let count = 2; given.has(named); count++) named = `${stem} (${count})${ending}`
  given.add(named)
  return named
}

function dayOf(time: Date): string {
  return [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join('-')
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
