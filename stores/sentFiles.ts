import { defineStore } from 'pinia'
import { computed, ref, shallowReactive } from 'vue'
import type { FilesAnswer, Receipt } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import { useUploadsStore } from './uploads'

export const filesPerPage = 50

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

  const newestFirst = computed(() => {
    const files = new Map(listed)
    for (const receipt of uploads.receipts) files.set(receipt.id, receipt)
    return [...files.values()].filter((file) => !removed.has(file.id)).sort((a, b) => b.completedAt - a.completedAt)
  })

  function addPage(page: FilesAnswer) {
    for (const file of page.files) listed.set(file.id, file)
    nextCursor.value = page.nextCursor
    loadedOnce.value = true
  }

  return {
    files: computed(() => newestFirst.value.slice(0, shownCount.value)),
    hasMore: computed(() => newestFirst.value.length > shownCount.value || nextCursor.value !== undefined),
    /** Whether showing one more page takes a call. */
    needsPage: computed(() => !loadedOnce.value || (newestFirst.value.length < shownCount.value && nextCursor.value !== undefined)),
    cursor: computed(() => nextCursor.value),
    isLoading: computed(() => loading.value),
    error: computed(() => failureCode.value),
    addPage,
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
