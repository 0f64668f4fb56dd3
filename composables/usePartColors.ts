import { useMediaQuery, useMutationObserver } from '@vueuse/core'
import type { ShallowRef } from 'vue'
import { shallowRef, watch } from 'vue'
import type { PartColors } from './parts/drawParts'

/** What the system says that style sheets ask for. */
const themeQueries = ['(prefers-color-scheme: dark)', '(forced-colors: active)', '(prefers-contrast: more)']

/** The colours of the part map for a canvas, which knows nothing of style sheets; they follow the theme. In the browser alone. */
export function usePartColors(): Readonly<ShallowRef<PartColors>> {
  const root = document.documentElement
  const colors = shallowRef(read())

  function read(): PartColors {
    const style = getComputedStyle(root)
    const color = (name: string) => style.getPropertyValue(`--part-${name}`).trim()
    return { sent: color('sent'), retrying: color('retrying'), todo: color('todo'), active: color('active') }
  }

  const refresh = () => { colors.value = read() }
  watch(themeQueries.map((query) => useMediaQuery(query)), refresh)
  useMutationObserver(root, refresh, { attributes: true })
  return colors
}
