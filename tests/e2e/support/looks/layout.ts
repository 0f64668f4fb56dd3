import type { Page } from 'playwright-core'

/** Resolves when what a change of window, theme or language sets going has come to its end. */
export async function settle(page: Page) {
  await page.evaluate(async () => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    await nextFrame()
    await nextFrame()
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
    // What is taken off the page meanwhile ends as well.
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
}

/** What of the page does not fit where it stands, or stands on something else: one line for each. */
export async function misfitsOf(page: Page): Promise<string[]> {
  await settle(page)
  return await page.evaluate(findMisfits)
}

/** What still moves for somebody who has asked the system for less motion: one line for each. */
export async function motionsOf(page: Page): Promise<string[]> {
  await settle(page)
  return await page.evaluate(() => document.getAnimations().flatMap((animation) => {
    const { duration, iterations } = animation.effect?.getComputedTiming() ?? {}
    const target = (animation.effect as KeyframeEffect | null)?.target
    return Number(duration) > 1 || iterations === Infinity ? `${target?.nodeName} ${target?.className} moves for ${String(duration)} ms` : []
  }))
}

/** Runs in the page, and sees nothing but what is in it. */
async function findMisfits(): Promise<string[]> {
  const slackPixels = 1.5
  const found: string[] = []
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} px wide in a window of ${root.clientWidth}`)

  const describe = (element: Element) => element.getAttribute('data-testid') ?? `${element.nodeName.toLowerCase()} "${(element.textContent ?? '').trim().slice(0, 30)}"`
  const isHidden = (element: Element) => element.closest('.sr-only, [inert]') !== null || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  /** What lies over the page is compared with itself alone. */
  const layerOf = (element: Element) => element.closest('dialog, .fixed') ?? document.body
  const modal = document.querySelector('dialog[open]')
  const inReach = (element: Element) => !isHidden(element) && (!modal || modal.contains(element))

  // Text that a box cuts off without saying so by an ellipsis.
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const style = getComputedStyle(element)
    const cutsOff = style.overflowX === 'hidden' || style.overflowX === 'clip'
    const saysSo = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
    if (cutsOff && !saysSo && inReach(element) && element.scrollWidth > element.clientWidth + slackPixels && element.textContent?.trim()) found.push(`${describe(element)} is cut off`)
  }

  // Every line of text, and every control, within the window's width.
  interface Box { element: Element, layer: Element, label?: Element, rects: DOMRect[], isControl: boolean }
  const boxes: Box[] = []
  /** What has a frame of its own to scroll in is seen as far as that reaches. */
  const isFrame = (element: Element) => element !== document.body && element !== root && /auto|scroll/.test(getComputedStyle(element).overflowY)
  const frames = [...document.querySelectorAll('body *')].filter(isFrame)
  const seenIn = (frame: Element, rects: DOMRect[]) => {
    const { top, bottom } = frame.getBoundingClientRect()
    return rects
      .map((rect) => new DOMRect(rect.x, Math.max(rect.top, top), rect.width, Math.min(rect.bottom, bottom) - Math.max(rect.top, top)))
      .filter(({ height }) => height > 0)
  }
  const boxOf = (element: Element, rects: DOMRect[], isControl: boolean): Box => ({
    element,
    layer: layerOf(element),
    label: element.closest('label') ?? undefined,
    rects: frames.filter((frame) => frame.contains(element) && frame !== element).reduce((seen, frame) => seenIn(frame, seen), rects),
    isControl,
  })
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!element || !node.textContent?.trim() || element.closest('option, select, style, script') || !inReach(element)) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    boxes.push(boxOf(element, [...range.getClientRects()], false))
  }
  for (const element of document.querySelectorAll('a[href], button, select, input, [tabindex="0"]')) {
    if (inReach(element)) boxes.push(boxOf(element, [element.getBoundingClientRect()], true))
  }
  for (const { element, rects } of boxes) {
    if (rects.some(({ left, right }) => left < -slackPixels || right > root.clientWidth + slackPixels)) found.push(`${describe(element)} reaches beyond the window`)
  }

  // Nothing stands on anything else that is not around it.
  const areApart = (one: Box, other: Box) => one.layer === other.layer
    && !one.element.contains(other.element) && !other.element.contains(one.element)
    && (one.label === undefined || one.label !== other.label)
    && (one.isControl === other.isControl || ![one, other].some(({ element }) => element.closest('[aria-hidden]')))
  const fromTop = boxes.flatMap((box) => box.rects.map((rect) => ({ box, rect }))).sort((one, other) => one.rect.top - other.rect.top)
  for (const [index, { box, rect }] of fromTop.entries()) {
    for (let below = index + 1; below < fromTop.length; below++) {
      const other = fromTop[below]
      if (!other || other.rect.top >= rect.bottom - 2 * slackPixels) break
      const sharedPixels = Math.min(rect.right, other.rect.right) - Math.max(rect.left, other.rect.left)
      if (sharedPixels > slackPixels && other.rect.height > 2 * slackPixels && areApart(box, other.box)) found.push(`${describe(box.element)} stands on ${describe(other.box.element)}`)
    }
  }

  // Every control can be brought into the window whole.
  const scrolledTo = { x: window.scrollX, y: window.scrollY }
  for (const { element, isControl } of boxes) {
    if (!isControl) continue
    element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' })
    const { left, right, top, bottom, height } = element.getBoundingClientRect()
    if (height > innerHeight) continue
    if (left < -slackPixels || right > root.clientWidth + slackPixels || top < -slackPixels || bottom > innerHeight + slackPixels) found.push(`${describe(element)} can't be brought into the window`)
  }
  window.scrollTo(scrolledTo.x, scrolledTo.y)
  return [...new Set(found)]
}
