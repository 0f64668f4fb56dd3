import { useIntersectionObserver } from '@vueuse/core'
import type { Ref } from 'vue'
import { ref } from 'vue'

/**
 * Tells whether an element is on the screen or about to be, and how tall it was when it last was, so that what is far
 * away can be left out without moving anything.
 *
 * An element that holds the keyboard focus counts as near.
 *
 * @param isNearAtFirst What holds until the browser has looked.
 */
export function useNearViewport(element: Readonly<Ref<HTMLElement | null>>, isNearAtFirst: boolean) {
  const isNear = ref(isNearAtFirst)
  /** In CSS pixels; undefined before it was ever shown. */
  const lastHeight = ref<number>()

  useIntersectionObserver(element, ([entry]) => {
    if (!entry) return
    const willBeNear = entry.isIntersecting || entry.target.contains(document.activeElement)
    if (isNear.value && !willBeNear) lastHeight.value = entry.boundingClientRect.height
    isNear.value = willBeNear
  }, { rootMargin: '1200px 0px' })

  return { isNear, lastHeight }
}
