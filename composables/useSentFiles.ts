import { storeToRefs } from 'pinia'
import type { Ref } from 'vue'
import type { DownloadAnswer, FilesAnswer, Receipt } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import { isErrorCode } from '#shared/errors'
import { useAccessStore } from '~/stores/access'
import { useSentFilesStore } from '~/stores/sentFiles'

export interface SentFiles {
  /** Newest first, a page more with each `more`. */
  files: Readonly<Ref<readonly Receipt[]>>
  /** What the files are narrowed down to: in name, folders or the beginning of the SHA-256, among those that are loaded. */
  search: Ref<string>
  loadedCount: Readonly<Ref<number>>
  /** How many of them fit the search. */
  matchCount: Readonly<Ref<number>>
  /** The server has older ones, which no search finds before they are loaded. */
  isIncomplete: Readonly<Ref<boolean>>
  /** The first page has come. */
  isLoaded: Readonly<Ref<boolean>>
  hasMore: Readonly<Ref<boolean>>
  isLoading: Readonly<Ref<boolean>>
  /** Why the list, or its next page, could not be loaded. */
  error: Readonly<Ref<ErrorCode | undefined>>
  /** Loads the first page, or what failed to load. */
  load(): Promise<void>
  more(): Promise<void>
  /** Asks again for the newest, in the background: other devices may have sent or deleted some. */
  refresh(): Promise<void>
  /** Lets the browser download the file. Answers why it can't. */
  download(id: string): Promise<ErrorCode | undefined>
  /** Deletes the file from the store, for good. Answers why it can't. */
  remove(id: string): Promise<ErrorCode | undefined>
}

/**
 * The files that this person has sent, with those just completed on this page.
 *
 * - **Units**: sizes are bytes, dates milliseconds since 1970.
 * - **Errors**: no action throws. `load` and `more` leave a code in `error`; `download` and `remove` answer one.
 * - **Lifetime**: the list belongs to the app; every component sees the same one.
 * - **SSR**: on the server the list is empty; call the actions in the browser only.
 */
export function useSentFiles(): SentFiles {
  const store = useSentFilesStore()
  const { files, search, loadedCount, matchCount, isIncomplete, isLoaded, hasMore, isLoading, error } = storeToRefs(store)
  const { ownerHeaders: headers } = storeToRefs(useAccessStore())

  async function load() {
    if (store.isLoading || !store.needsPage) return
    store.began()
    store.ended(await failureOf(async () => { store.addPage(await fetchPage(store.cursor)) }))
  }

  async function fetchPage(cursor?: string) {
    return await $fetch<FilesAnswer>('/api/files', { query: { cursor }, headers: headers.value, retry: 0 })
  }

  return {
    files,
    search,
    loadedCount,
    matchCount,
    isIncomplete,
    isLoaded,
    hasMore,
    isLoading,
    error,
    load,
    more: async () => {
      store.showMore()
      await load()
    },
    refresh: async () => {
      if (!store.isLoaded || store.error) return await load()
      // A list that could not be renewed is as good as it was, and is renewed the next time.
      await failureOf(async () => { store.renewFirstPage(await fetchPage()) })
    },
    download: (id) => failureOf(async () => {
      const { url } = await $fetch<DownloadAnswer>(`/api/files/${id}/download`, { headers: headers.value, retry: 0 })
      window.location.assign(url)
    }),
    remove: async (id) => {
      const code = await failureOf(() => $fetch<unknown>(`/api/files/${id}`, { method: 'DELETE', headers: { ...headers.value, 'x-lading': '1' }, retry: 0 }))
      // A file that is gone already is as deleted as one can wish.
      if (code && code !== 'not_found') return code
      store.remove(id)
      return undefined
    },
  }
}

async function failureOf(call: () => Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await call()
    return undefined
  } catch (thrown) {
    const code = (thrown as { data?: { code?: unknown } }).data?.code
    if (isErrorCode(code)) return code
    return navigator.onLine ? 'server_unreachable' : 'offline'
  }
}
