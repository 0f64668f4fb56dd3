import type { Locator, Page } from 'playwright-core'
import { cellOf, layOutParts } from '~/composables/parts/partMapLayout'

/** One drawing of a map: how long it kept the page busy, and how many cells' worth of rectangles it had. */
export interface Drawing {
  ms: number
  rectangles: number
}

/** Measures every drawing of a map from now on; what is as small as in a legend is left out. To be called before the page opens. */
export async function watchDrawings(context: { addInitScript(script: () => void): Promise<unknown> }) {
  await context.addInitScript(() => {
    const drawings: { ms: number, rectangles: number }[] = []
    Object.assign(globalThis, { drawings })
    const { clearRect, rect, fill } = CanvasRenderingContext2D.prototype
    let begunAt = 0
    let current: { ms: number, rectangles: number } | undefined
    Object.assign(CanvasRenderingContext2D.prototype, {
      clearRect(this: CanvasRenderingContext2D, ...box: Parameters<typeof clearRect>) {
        current = this.canvas.width > 100 ? { ms: 0, rectangles: 0 } : undefined
        if (current) drawings.push(current)
        begunAt = performance.now()
        clearRect.apply(this, box)
      },
      rect(this: CanvasRenderingContext2D, ...box: Parameters<typeof rect>) {
        if (current) current.rectangles++
        rect.apply(this, box)
      },
      fill(this: CanvasRenderingContext2D) {
        Reflect.apply(fill, this, [])
        if (current) current.ms = performance.now() - begunAt
      },
    })
  })
}

/** The parts of one row, as a person looks at them. */
export function createPartsPanel(page: Page, row: Locator) {
  const map = row.getByTestId('part-map')
  const range = row.getByTestId('part-range')
  const words = row.getByTestId('part-words')

  /** The middle of a part's cell, from the corner of the map, in CSS pixels. */
  async function middleOf(partNumber: number) {
    const [width, pixelRatio] = await map.evaluate((element) => [element.clientWidth, devicePixelRatio] as const)
    const cell = cellOf(layOutParts(Number(await range.getAttribute('max')), width, pixelRatio), partNumber)
    return { x: cell.x + cell.width / 2, y: cell.y + cell.height / 2 }
  }

  return {
    map,
    words,
    range,
    count: (look: string) => row.locator(`[data-testid="part-count"][data-look="${look}"]`),
    drawings: () => page.evaluate(() => (globalThis as unknown as { drawings: Drawing[] }).drawings.splice(0)),

    async open() {
      await row.getByTestId('toggle-parts').click()
      await map.locator('canvas').waitFor()
    },

    async hover(partNumber: number) {
      await map.hover({ position: await middleOf(partNumber), force: true })
    },

    /** The number of the part that is spoken of; undefined where there is none. */
    spokenOf: async () => Number(await words.getAttribute('data-part')) || undefined,

    /** Red, green, blue and opacity in the middle of a cell, from 0 to 255. */
    async colorOf(partNumber: number) {
      return await map.locator('canvas').evaluate((canvas: HTMLCanvasElement, { x, y }) =>
        [...canvas.getContext('2d')?.getImageData(Math.floor(x * devicePixelRatio), Math.floor(y * devicePixelRatio), 1, 1).data ?? []], await middleOf(partNumber))
    },
  }
}
