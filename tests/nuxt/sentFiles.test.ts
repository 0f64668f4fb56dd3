import { registerEndpoint } from '@nuxt/test-utils/runtime'
import { createError, getHeader, getQuery } from 'h3'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { useSentFiles } from '~/composables/useSentFiles'
import { useUploadsStore } from '~/stores/uploads'
import { createFakeUploader, receiptOf, snapshotOf } from './fakeUploader'

let isDown = false
const deletedWith: (string | undefined)[] = []

registerEndpoint('/api/files', (event) => {
  if (isDown) throw createError({ statusCode: 503, data: undefined })
  return getQuery(event).cursor === 'page-2'
    ? { files: [receiptOf({ id: 'old', completedAt: 1 })] }
    : { files: Array.from({ length: 50 }, (_, index) => receiptOf({ id: `file-${index}`, completedAt: 100 - index })), nextCursor: 'page-2' }
})
registerEndpoint('/api/files/file-3', {
  method: 'DELETE',
  handler: (event) => {
    deletedWith.push(getHeader(event, 'x-lading'))
    return ''
  },
})

beforeEach(() => {
  setActivePinia(createPinia())
  isDown = false
})

it('lists the newest first, a page at a time', async () => {
  const { files, hasMore, load, more } = useSentFiles()
  await load()
  expect(files.value).toHaveLength(50)
  expect(files.value[0]?.id).toBe('file-0')
  expect(hasMore.value).toBe(true)
  await more()
  expect(files.value.at(-1)?.id).toBe('old')
  expect(hasMore.value).toBe(false)
})

it('says why the list could not be loaded, and loads it on the next try', async () => {
  const { files, error, load } = useSentFiles()
  isDown = true
  await load()
  expect(error.value).toBe('server_unreachable')
  isDown = false
  await load()
  expect(error.value).toBeUndefined()
  expect(files.value).toHaveLength(50)
})

it('shows a file that was just completed, once, also after its row was dismissed', async () => {
  const uploader = createFakeUploader()
  void useUploadsStore().connect(uploader)
  const { files, load } = useSentFiles()
  uploader.show(snapshotOf({ id: 'file-7', state: { status: 'completed', receipt: receiptOf({ id: 'file-7', completedAt: 1000 }) } }))
  expect(files.value.map(({ id }) => id)).toEqual(['file-7'])
  await load()
  uploader.dismiss('file-7')
  expect(files.value.filter(({ id }) => id === 'file-7')).toHaveLength(1)
})

it('deletes a file with the header that the server demands, and takes its row off the list', async () => {
  const uploader = createFakeUploader()
  void useUploadsStore().connect(uploader)
  uploader.show(snapshotOf({ id: 'file-3', state: { status: 'completed', receipt: receiptOf({ id: 'file-3', completedAt: 1000 }) } }))
  const { files, load, remove } = useSentFiles()
  await load()
  expect(await remove('file-3')).toBeUndefined()
  expect(deletedWith).toEqual(['1'])
  expect(files.value.some(({ id }) => id === 'file-3')).toBe(false)
  expect(uploader.calls).toContain('dismiss file-3')
})
