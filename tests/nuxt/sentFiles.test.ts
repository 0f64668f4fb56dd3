import { registerEndpoint } from '@nuxt/test-utils/runtime'
import { createError, getHeader, getQuery } from 'h3'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import type { FilesAnswer } from '#shared/api'
import { useSentFiles } from '~/composables/useSentFiles'
import { useUploadsStore } from '~/stores/uploads'
import { createFakeUploader, receiptOf, snapshotOf } from './fakeUploader'

let isDown = false
/** What the first page answers; the usual one where there is nothing here. */
let firstPage: FilesAnswer | undefined
const deletedWith: (string | undefined)[] = []

registerEndpoint('/api/files', (event) => {
  if (isDown) throw createError({ statusCode: 503, data: undefined })
  if (firstPage && getQuery(event).cursor === undefined) return firstPage
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
  firstPage = undefined
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

const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id)

it('renews the newest ones: what others have sent comes, what they have deleted goes, and what was loaded before stays', async () => {
  const { files, load, more, refresh } = useSentFiles()
  await load()
  await more()
  firstPage = {
    files: [receiptOf({ id: 'new', completedAt: 200 }), ...Array.from({ length: 49 }, (_, index) => receiptOf({ id: `file-${index + 1}`, completedAt: 99 - index }))],
    nextCursor: 'page-2',
  }
  await refresh()
  expect(idsOf(files.value).slice(0, 2)).toEqual(['new', 'file-1'])
  expect(idsOf(files.value).at(-1)).toBe('old')
  expect(idsOf(files.value)).not.toContain('file-0')
})

it('begins anew where more has come than a page holds, so that nothing is missing in between', async () => {
  const { files, hasMore, load, more, refresh } = useSentFiles()
  await load()
  firstPage = { files: Array.from({ length: 50 }, (_, index) => receiptOf({ id: `new-${index}`, completedAt: 1000 - index })), nextCursor: 'page-1' }
  await refresh()
  expect(files.value).toHaveLength(50)
  expect(idsOf(files.value).every((id) => id.startsWith('new-'))).toBe(true)
  expect(hasMore.value).toBe(true)
  await more()
  expect(idsOf(files.value)).toContain('file-0')
})

it('is empty when everything was deleted elsewhere, and says nothing of a renewal that failed', async () => {
  const { files, error, hasMore, load, refresh } = useSentFiles()
  await load()
  isDown = true
  await refresh()
  expect(error.value).toBeUndefined()
  expect(files.value).toHaveLength(50)
  isDown = false
  firstPage = { files: [] }
  await refresh()
  expect(files.value).toEqual([])
  expect(hasMore.value).toBe(false)
})

it('is searched in what is loaded, and goes on with what is loaded then', async () => {
  const { files, search, loadedCount, matchCount, isIncomplete, hasMore, load, more } = useSentFiles()
  await load()
  search.value = ' OLD.b '
  expect(files.value).toEqual([])
  expect([loadedCount.value, matchCount.value, isIncomplete.value, hasMore.value]).toEqual([50, 0, true, true])
  await more()
  expect(idsOf(files.value)).toEqual(['old'])
  expect(isIncomplete.value).toBe(false)
  search.value = ''
  expect(loadedCount.value).toBe(51)
})
