import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { QueueFilter, QueueSort } from './queue/arranging'
import { createArranger } from './queue/arranging'
import type { QueueGroup } from './queue/groups'
import { groupOf } from './queue/groups'
import type { Selection } from './queue/selection'
import { nothingSelected, stillShown, toggledThrough } from './queue/selection'
import { useUploadsStore } from './uploads'

/** How the person looks at the list: what is shown of it, in which order, and what is ticked. */
export const useQueueStore = defineStore('queue', () => {
  const uploads = useUploadsStore()
  const arrangeAll = createArranger()

  const filter = ref<QueueFilter>('all')
  const sort = ref<QueueSort>('added')
  const arranged = shallowRef<readonly string[]>([])
  const selection = shallowRef<Selection>(nothingSelected)
  let lastTouched: string | undefined

  const isPlain = computed(() => filter.value === 'all' && sort.value === 'added')

  /** What has left does so at once; the rest keeps its order until it is arranged again. */
  const shown = computed(() => {
    if (isPlain.value) return uploads.ids
    const present = new Set(uploads.ids)
    return arranged.value.every((id) => present.has(id)) ? arranged.value : arranged.value.filter((id) => present.has(id))
  })

  const groups = computed(() => {
    const counts: Record<QueueGroup, number> = { active: 0, waiting: 0, failed: 0, completed: 0 }
    for (const upload of uploads.uploads) counts[groupOf(upload)] += 1
    return counts
  })

  /** To be called whenever uploads have changed, but calmly: rows that jump about can't be read. */
  function arrange() {
    if (!isPlain.value) arranged.value = arrangeAll(uploads.uploads, { filter: filter.value, sort: sort.value })
  }

  watch([filter, sort], arrange, { flush: 'sync' })
  watch(shown, (ids) => { selection.value = stillShown(selection.value, ids) })

  return {
    filter,
    sort,
    shown,
    groups,
    arrange,
    selection: computed(() => selection.value),
    /** @param isRange Whether all rows from the one that was ticked before follow this one. */
    toggle(id: string, isRange: boolean) {
      selection.value = toggledThrough(selection.value, shown.value, isRange ? lastTouched : undefined, id)
      lastTouched = id
    },
    selectShown: () => { selection.value = new Set(shown.value) },
    clearSelection: () => { selection.value = nothingSelected },
  }
})
