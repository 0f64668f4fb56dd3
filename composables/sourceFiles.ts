import type { Found } from '~/stores/chosen'
import type { ChosenFile } from './sourceFile'
import { chosenSourceFile } from './sourceFile'

/** How long the page may be kept from answering, in milliseconds: a frame. */
const sliceMs = 16

/**
 * Files as the engine takes them, in their order, as many at a time as can be looked at before the page has to answer
 * again. For a file's size, time and type Chromium asks another process and waits: half a millisecond for each file,
 * which is seconds for thousands of them.
 *
 * @param now A clock in milliseconds.
 */
export async function* sourceFiles(files: readonly ChosenFile[], now = () => performance.now()): AsyncGenerator<Found[], void, void> {
  let slice: Found[] = []
  let startedAt = now()
  for (const chosen of files) {
    slice.push(await chosenSourceFile(chosen))
    if (now() - startedAt < sliceMs) continue
    yield slice
    slice = []
    // A promise alone would go on within the same task.
    await new Promise((resolve) => setTimeout(resolve))
    startedAt = now()
  }
  if (slice.length > 0) yield slice
}
