import { describe, expect, it } from 'vitest'
import { pastedName } from '~/composables/pastedFiles'

const now = new Date(2026, 10, 26, 8, 7, 5)
const options = () => ({ word: 'Pasted', now, given: new Set<string>() })
const image = { name: 'image.png', modifiedAt: now.getTime() - 20 }

describe('what is pasted', () => {
  it('is named after its time where it has no name of its own, and keeps its kind', () => {
    expect(pastedName(image, options())).toBe('Pasted 2026-11-26 08.07.05.png')
    expect(pastedName({ ...image, name: 'image.jpeg' }, options())).toBe('Pasted 2026-11-26 08.07.05.jpeg')
    expect(pastedName({ ...image, name: '' }, options())).toBe('Pasted 2026-11-26 08.07.05')
  })

  it('is never named as another one was', () => {
    const same = options()
    expect([image, image, image].map((file) => pastedName(file, same))).toEqual([
      'Pasted 2026-11-26 08.07.05.png',
      'Pasted 2026-11-26 08.07.05 (2).png',
      'Pasted 2026-11-26 08.07.05 (3).png',
    ])
  })

  it('keeps its own name where it is a file, even one that is called like that', () => {
    expect(pastedName({ ...image, name: 'notes.txt' }, options())).toBe('notes.txt')
    expect(pastedName({ ...image, modifiedAt: now.getTime() - 60_000 }, options())).toBe('image.png')
    expect(pastedName({ ...image, relativePath: 'photos' }, options())).toBe('image.png')
  })
})
