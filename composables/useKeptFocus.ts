import { useEventListener, useMutationObserver } from '@vueuse/core'
import { onMounted, ref } from 'vue'

const focusable = 'a[href], button:not(:disabled), input:not(:disabled, [tabindex="-1"]), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]'

/**
 * While the component lives: whoever goes by keyboard keeps the place in the page. What has the focus may be taken away by what it
 * does (Pause becomes Resume, a row is dismissed) or by an upload that goes on; the browser would begin again with the top of the
 * page. The focus goes to what has come in its place, else to what follows it, else to what was before it.
 *
 * A press of the mouse beside everything takes the focus away for good, as always.
 */
export function useKeptFocus(): void {
  const page = ref<HTMLElement>()
  let latest: HTMLElement | undefined

  onMounted(() => { page.value = document.body })
  useEventListener('focusin', ({ target }) => { if (target instanceof HTMLElement) latest = target })
  // On its way from one element to the next the focus is nowhere, and what hears of that first may change the page at once.
  useEventListener('blur', ({ relatedTarget }) => { if (relatedTarget instanceof HTMLElement) latest = relatedTarget }, { capture: true })
  useEventListener('pointerdown', () => { latest = undefined }, { capture: true })

  useMutationObserver(page, (changes) => {
    if (!latest || document.activeElement !== document.body) return
    // Moved, or disabled for a while; else it has gone.
    const next = latest.isConnected ? latest : inPlaceOf(latest, changes)
    next?.focus({ preventScroll: true })
  }, { childList: true, subtree: true, attributeFilter: ['disabled'] })
}

function inPlaceOf(gone: Node, changes: readonly MutationRecord[]): HTMLElement | undefined {
  const change = changes.find(({ removedNodes }) => [...removedNodes].some((node) => node.contains(gone)))
  if (!change) return undefined
  const { target, previousSibling, nextSibling } = change
  if (!target.isConnected) return inPlaceOf(target, changes)
  const from = previousSibling?.isConnected ? previousSibling.nextSibling : target.firstChild
  return nearest(target, from ?? nextSibling)
}

/** The first thing from this node on that can have the focus, then the last one before it, then the same around `parent`. */
function nearest(parent: Node, from: Node | null): HTMLElement | undefined {
  const nodes = [...parent.childNodes]
  const at = from ? nodes.indexOf(from as ChildNode) : nodes.length
  const inOrder = [...nodes.slice(at), ...nodes.slice(0, at).reverse()]
  for (const node of inOrder) {
    if (!(node instanceof HTMLElement) || !node.checkVisibility()) continue
    const found = node.matches(focusable) ? node : [...node.querySelectorAll<HTMLElement>(focusable)].find((element) => element.checkVisibility())
    if (found) return found
  }
  return parent === document.body || !parent.parentNode ? undefined : nearest(parent.parentNode, parent.nextSibling)
}
