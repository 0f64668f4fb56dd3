import { watchThrottled } from '@vueuse/core'
import { storeToRefs } from 'pinia'
import type { ComputedRef, Ref } from 'vue'
import { computed } from 'vue'
import { useQueueStore } from '~/stores/queue'
import type { QueueFilter, QueueSort } from '~/stores/queue/arranging'
import { queueSorts } from '~/stores/queue/arranging'
import type { QueueGroup } from '~/stores/queue/groups'
import { queueGroups } from '~/stores/queue/groups'
import type { Selection } from '~/stores/queue/selection'
import { useUploadsStore } from '~/stores/uploads'
import type { UploadPriority, UploadSnapshot } from '~/uploader/engine/types'
import type { UploadActions } from './uploadView'
import { actionsFor } from './uploadView'
import type { QueueTally } from './queueTally'
import { canPrioritize, tallyOf } from './queueTally'

/** An order that depends on changing values follows them so often. */
const rearrangeMs = 1_000

const filters = ['all', ...queueGroups] as const satisfies readonly QueueFilter[]

export interface UploadQueue {
  /** Ids of the uploads to show, in this order. */
  shown: Readonly<Ref<readonly string[]>>
  filter: Ref<QueueFilter>
  sort: Ref<QueueSort>
  filters: typeof filters
  sorts: typeof queueSorts
  /** How many uploads there are of each group, shown or not. */
  groups: ComputedRef<Record<QueueGroup, number>>
  /** Ids that are ticked; all of them are shown. */
  selection: Readonly<Ref<Selection>>
  /** What can be done with the selection. */
  tally: ComputedRef<QueueTally>
  /** Ticks an upload or takes the tick away. With `isRange` all from the one before to this one follow it. */
  toggle(id: string, isRange: boolean): void
  selectShown(): void
  clearSelection(): void
  pauseSelected(): void
  resumeSelected(): void
  /** Stops, and removes what is stored; resolves when all have ended. */
  discardSelected(): Promise<void>
  /** Takes those of the selection off the list that have ended. */
  dismissSelected(): void
  prioritizeSelected(priority: UploadPriority): void
}

/**
 * The list as the person looks at it, and what can be done with several uploads at once.
 *
 * - **Errors**: no action throws; each does what it can with the uploads for which that is possible.
 * - **Lifetime**: filter, order and selection belong to the app, until the page is loaded again.
 * - **SSR**: on the server the list is empty.
 */
export function useUploadQueue(): UploadQueue {
  const store = useQueueStore()
  const uploads = useUploadsStore()
  const { shown, filter, sort, groups, selection } = storeToRefs(store)
  const selected = (): UploadSnapshot[] => uploads.uploads.filter(({ id }) => selection.value.has(id))
  const selectedThatMay = (may: keyof UploadActions) => selected().filter((upload) => actionsFor(upload)[may]).map(({ id }) => id)

  return {
    shown,
    filter,
    sort,
    filters,
    sorts: queueSorts,
    groups,
    selection,
    tally: computed(() => tallyOf(selected())),
    toggle: store.toggle,
    selectShown: store.selectShown,
    clearSelection: store.clearSelection,
    pauseSelected: () => selectedThatMay('canPause').forEach(uploads.pause),
    resumeSelected: () => selectedThatMay('canResume').forEach(uploads.resume),
    discardSelected: async () => void await Promise.all(selectedThatMay('canDiscard').map(uploads.discard)),
    dismissSelected: () => selectedThatMay('canDismiss').forEach(uploads.dismiss),
    prioritizeSelected: (priority) => selected().filter(canPrioritize).forEach(({ id }) => uploads.prioritize(id, priority)),
  }
}

/** While the component lives: the order follows the uploads, calmly. */
export function useQueueOrder(): void {
  const { arrange } = useQueueStore()
  const uploads = useUploadsStore()
  watchThrottled(() => uploads.uploads, arrange, { throttle: rearrangeMs, leading: true, trailing: true })
}
