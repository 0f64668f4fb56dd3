import { storeToRefs } from 'pinia'
import type { ComputedRef } from 'vue'
import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useQueueStore } from '~/stores/queue'
import type { EndNews } from '~/stores/queue/endWatch'
import { createEndWatch } from '~/stores/queue/endWatch'
import { isRefusalKept, keepRefusal } from '~/stores/queue/keptRefusal'
import { useUploadsStore } from '~/stores/uploads'
import { useFormat } from './useFormat'

export interface EndNotice {
  /** Whether to ask the person: something takes long, and they have neither agreed nor refused yet. */
  isOffered: ComputedRef<boolean>
  /** To be called within a click: the browser asks as well. */
  accept(): Promise<void>
  /** Nobody asks again in this browser. */
  refuse(): void
}

/** Browsers on Android have the name, but let only service workers use it. */
function canNotify(): boolean {
  return 'Notification' in window && !/Android/.test(navigator.userAgent)
}

/**
 * While the component lives: tells the end of what takes long, and what stops before that, where the page is hidden and
 * the person has agreed to be told.
 */
export function useEndNotice(): EndNotice {
  const { t } = useI18n()
  const format = useFormat()
  const { totals } = storeToRefs(useUploadsStore())
  const { groups } = storeToRefs(useQueueStore())
  const ends = createEndWatch()
  const isLong = ref(false)
  const permission = ref(canNotify() ? Notification.permission : 'denied')
  const isRefused = ref(isRefusalKept())

  watch([totals, groups], ([{ isActive, count, completedCount, secondsLeft }, { failed }]) => {
    const news = ends.see({ isActive, count, completedCount, failedCount: failed, secondsLeft }, performance.now())
    isLong.value = ends.isLong
    if (news && document.visibilityState === 'hidden') tell(news)
  }, { immediate: true })

  function tell({ type, count }: EndNews) {
    if (!canNotify() || Notification.permission !== 'granted' || isRefused.value) return
    const words = count > 1 ? t(`endNotice.${type}.many`, { count: format.value.count(count) }) : t(`endNotice.${type}.one`)
    const notification = new Notification(words, {
      body: t(`endNotice.${type}Text`),
      icon: '/favicon.svg',
      // A later one takes the place of the one before.
      tag: 'lading',
    })
    notification.onclick = () => {
      window.focus()
      notification.close()
    }
  }

  function refuse() {
    isRefused.value = true
    keepRefusal()
  }

  return {
    isOffered: computed(() => isLong.value && permission.value === 'default' && !isRefused.value),
    async accept() {
      permission.value = await Notification.requestPermission()
      // Whoever closes the browser's question has answered as well.
      if (permission.value !== 'granted') refuse()
    },
    refuse,
  }
}
