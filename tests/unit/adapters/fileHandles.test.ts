import type { FileHandle } from '~/uploader/engine/types'
import { reopenFile } from '~/uploader/adapters/fileHandles'
import { describe, expect, it } from 'vitest'

const file = new File(['cargo'], 'cargo.bin', { lastModified: 7, type: 'text/plain' })

interface Answers {
  query?: PermissionState
  request?: PermissionState | DOMException
  open?: DOMException
}

/** A handle as the browser hands it out, and how often the person was asked. */
function handleThat({ query = 'granted', request = 'denied', open }: Answers) {
  let questions = 0
  const handle = {
    kind: 'file' as const,
    queryPermission: async () => query,
    async requestPermission() {
      questions++
      if (request instanceof DOMException) throw request
      return request
    },
    async getFile() {
      if (open) throw open
      return file
    },
  }
  return { handle, questions: () => questions }
}

describe('a handle', () => {
  it('that may be read opens the file as it is now, and asks nobody', async () => {
    const { handle, questions } = handleThat({})
    expect(await reopenFile(handle, true)).toEqual({ name: 'cargo.bin', bytes: 5, modifiedAt: 7, contentType: 'text/plain', content: file, handle })
    expect(questions()).toBe(0)
  })

  it('that needs leave asks for it within a click alone', async () => {
    const { handle, questions } = handleThat({ query: 'prompt', request: 'granted' })
    expect(await reopenFile(handle, false)).toBeUndefined()
    expect(questions()).toBe(0)
    expect((await reopenFile(handle, true))?.content).toBe(file)
    expect(questions()).toBe(1)
  })

  it.each([
    ['denied', 'denied' as const],
    ['dismissed', 'prompt' as const],
    ['not asked, for the click is too long ago', new DOMException('User activation is required', 'SecurityError')],
  ])('opens nothing when leave is %s', async (_, request) => {
    expect(await reopenFile(handleThat({ query: 'prompt', request }).handle, true)).toBeUndefined()
  })

  it('opens nothing when the leave is taken back in between', async () => {
    const open = new DOMException('No leave', 'NotAllowedError')
    expect(await reopenFile(handleThat({ open }).handle, true)).toBeUndefined()
  })

  it('of a file that is gone says so', async () => {
    const open = new DOMException('Gone', 'NotFoundError')
    await expect(reopenFile(handleThat({ open }).handle, true)).rejects.toMatchObject({ code: 'file_unreadable', cause: open })
  })

  it('of the origin private file system needs no leave, where the browser knows none for it', async () => {
    const handle = { kind: 'file', getFile: async () => file } as FileHandle
    expect((await reopenFile(handle, false))?.content).toBe(file)
  })
})
