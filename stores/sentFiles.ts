import { defineStore } from 'pinia'
import { computed, ref, shallowReactive } from 'vue'
import type { FilesAnswer, Receipt } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import { matchesSearch } from './fileSearch'
import { useUploadsStore } from './uploads'

const filesPerPage = 50

/** The files that arrived: those the server lists, and those that this page has just completed, each one once. */
export const useSentFilesStore = defineStore('sentFiles', () => {
  const uploads = useUploadsStore()

  const listed = shallowReactive(new Map<string, Receipt>())
  const removed = shallowReactive(new Set<string>())
  const nextCursor = ref<string>()
  const shownCount = ref(filesPerPage)
  const loading = ref(false)
  const loadedOnce = ref(false)
  const failureCode = ref<ErrorCode>()
  const searchedFor = ref('')

  const newestFirst = computed(() => {
    const files = new Map(listed)
    for (const receipt of uploads.receipts) files.set(receipt.id, receipt)
    return [...files.values()].filter((file) => !removed.has(file.id)).sort((a, b) => b.completedAt - a.completedAt)
  })

  const matching = computed(() => searchedFor.value === '' ? newestFirst.value : newestFirst.value.filter((file) => matchesSearch(file, searchedFor.value)))

  function addPage(page: FilesAnswer) {
    for (const file of page.files) listed.set(file.id, file)
    nextCursor.value = page.nextCursor
    loadedOnce.value = true
  }

  /** The first page as it is by now: what is missing among its times was deleted elsewhere. */
  function renewFirstPage(page: FilesAnswer) {
    const isAllNew = page.files.every(({ id }) => !listed.has(id))
    const oldest = page.nextCursor === undefined ? -Infinity : page.files.at(-1)?.completedAt ?? -Infinity
    const stillThere = new Set(page.files.map(({ id }) => id))
    // Where no file is known, more than a page may have come since: the list begins anew, or it would have a gap.
    const isGap = page.nextCursor !== undefined && isAllNew
    for (const { id, completedAt } of listed.values()) if (isGap || (completedAt > oldest && !stillThere.has(id))) listed.delete(id)
    if (isGap || page.nextCursor === undefined) return addPage(page)
    for (const file of page.files) listed.set(file.id, file)
  }

  return {
    /** Those that fit the search, as many as are shown. */
    files: computed(() => matching.value.slice(0, shownCount.value)),
    loadedCount: computed(() => newestFirst.value.length),
    matchCount: computed(() => matching.value.length),
    isLoaded: computed(() => loadedOnce.value),
    /** The server has older ones. */
    isIncomplete: computed(() => nextCursor.value !== undefined),
    search: searchedFor,
    hasMore: computed(() => matching.value.length > shownCount.value || nextCursor.value !== undefined),
    /** Whether showing one more page takes a call. */
    needsPage: computed(() => !loadedOnce.value || (matching.value.length < shownCount.value && nextCursor.value !== undefined)),
    cursor: computed(() => nextCursor.value),
    isLoading: computed(() => loading.value),
    error: computed(() => failureCode.value),
    addPage,
    renewFirstPage,
    showMore: () => { shownCount.value += filesPerPage },
    began: () => { loading.value = true },
    ended: (code?: ErrorCode) => {
      loading.value = false
      failureCode.value = code
    },
    /** Takes a deleted file off the screen, with the completed upload that brought it. */
    remove: (id: string) => {
      removed.add(id)
      uploads.forgetReceipt(id)
      for (const { id: uploadId, state } of uploads.uploads) {
        if (state.status === 'completed' && state.receipt.id === id) uploads.dismiss(uploadId)
      }
    },
  }
})
