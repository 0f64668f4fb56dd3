import { refThrottled } from '@vueuse/core'
import { storeToRefs } from 'pinia'
import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { UploadTotals } from '~/stores/uploadTotals'
import { useUploadsStore } from '~/stores/uploads'
import type { Format } from './format'
import { useFormat } from './useFormat'

const site = 'Lading'
/** Below a minute the time left would change with every look. */
const leastSeconds = 60
const calmMs = 1_000

/** What a tab or a task bar says while something goes on: how far it is and, in minutes, how long it takes. */
export function progressTitle(totals: UploadTotals, format: Format, timeLeft: (time: string) => string): string {
  if (!totals.isActive) return site
  const { secondsLeft = 0 } = totals
  const time = secondsLeft >= leastSeconds ? [timeLeft(format.duration(secondsLeft))] : []
  return [format.percent(Math.min(0.99, totals.progress)), ...time, site].join(' · ')
}

export function useProgressTitle(): ComputedRef<string> {
  const { t } = useI18n()
  const format = useFormat()
  const { totals } = storeToRefs(useUploadsStore())
  const calm = refThrottled(totals, calmMs, true, true)
  return computed(() => progressTitle(calm.value, format.value, (time) => t('row.timeLeft', { time })))
}
