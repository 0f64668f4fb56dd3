import { describe, expect, it } from 'vitest'
import { isSourceFile } from '~/composables/sourceFile'
import { sourceFiles } from '~/composables/sourceFiles'

const files = Array.from({ length: 10 }, (_, index) => new File(['x'.repeat(index)], `${index}.txt`))

/** A clock on which looking at a file takes so long. */
function clockOf(msPerFile: number) {
  let ms = 0
  return () => ms += msPerFile
}

describe('sourceFiles', () => {
  it('hands out every file once, in the given order', async () => {
    const found = []
    for await (const slice of sourceFiles(files, clockOf(5))) found.push(...slice.filter(isSourceFile))
    expect(found.map(({ name, bytes }) => [name, bytes])).toEqual(files.map(({ name, size }) => [name, size]))
  })

  it('lets the page do something else as soon as looking at files has taken a frame', async () => {
    const events: string[] = []
    const looking = (async () => {
      for await (const slice of sourceFiles(files, clockOf(5))) events.push(`${slice.length} files`)
    })()
    // In the queue of tasks before the next slice.
    setTimeout(() => events.push('a click'))
    await looking
    expect(events).toEqual(['4 files', 'a click', '4 files', '2 files'])
  })

  it('hands out few files in one go', async () => {
    const slices = []
    for await (const slice of sourceFiles(files, clockOf(0.1))) slices.push(slice.length)
    expect(slices).toEqual([10])
  })

  it('has nothing to hand out where nothing was chosen', async () => {
    expect(await sourceFiles([]).next()).toEqual({ done: true, value: undefined })
  })
})
