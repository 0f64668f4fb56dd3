import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { PartSnapshot, UploadSnapshot } from '~/uploader/engine/types'
import { partProgress } from './parts/partLooks'
import { useFormat } from './useFormat'

export interface PartWords {
  /** Which part it is. */
  title: string
  /** What there is to say of it: where it lies, how it is doing, how often it was sent, and why again. */
  details: string[]
}

/** Says in the language of the page how a part is doing. */
export function usePartWords(): ComputedRef<(part: PartSnapshot, upload: Pick<UploadSnapshot, 'partBytes' | 'partCount'>) => PartWords> {
  const { t } = useI18n()
  const format = useFormat()

  return computed(() => {
    const { bytes, count, percent } = format.value
    return (part, { partBytes = 0, partCount = 0 }) => {
      const first = (part.partNumber - 1) * partBytes
      const place = part.bytes > 0
        ? t('parts.range', { size: bytes(part.bytes), first: count(first), last: count(first + part.bytes - 1) })
        : bytes(0)
      const status = t(`part.${part.status}`)
      return {
        title: t('parts.part', { part: count(part.partNumber), count: count(partCount) }),
        details: [
          place,
          part.status === 'sending' ? t('parts.progress', { status, percent: percent(partProgress(part)) }) : status,
          ...part.tries > 0 ? [t('parts.tries', { count: count(part.tries) })] : [],
          ...part.lastError ? [t('parts.lastRetry', { cause: t(`errors.${part.lastError}.title`) })] : [],
        ],
      }
    }
  })
}
