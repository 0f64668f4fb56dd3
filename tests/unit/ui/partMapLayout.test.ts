import { describe, expect, it } from 'vitest'
import type { PartMapLayout } from '~/composables/parts/partMapLayout'
import { cellOf, layOutParts, partAt, partInRow } from '~/composables/parts/partMapLayout'

const counts = [1, 2, 3, 7, 20, 37, 38, 100, 101, 999, 1_000, 2_345, 9_500, 10_000]
const widths = [280, 311, 375, 500, 684, 900]
const layouts = counts.flatMap((count) => widths.map((width) => [count, width] as const))
const numbersOf = ({ count }: PartMapLayout) => Array.from({ length: count }, (_, index) => index + 1)

describe.each(layouts)('a map of %i parts, %i pixels wide', (count, width) => {
  const layout = layOutParts(count, width)
  const cells = numbersOf(layout).map((partNumber) => cellOf(layout, partNumber))

  it('has a cell for each part inside it, two pixels or more on a side, none on another', () => {
    expect(cells).toHaveLength(count)
    for (const [index, { x, y, width: wide, height: high }] of cells.entries()) {
      const before = cells[index - 1]
      const fits = x >= 0 && y >= 0 && x + wide <= width && y + high <= layout.height
        && wide >= 2 && high >= 2 && Number.isInteger(x) && Number.isInteger(wide)
        && (before === undefined || before.y + before.height < y || (before.y === y && before.x + before.width < x))
      if (!fits) expect({ partNumber: index + 1, x, y, wide, high, before }).toBe('within the map')
    }
  })

  it('needs no scrolling', () => {
    expect(layout.height).toBeLessThanOrEqual(width < 360 ? 326 : 240)
    expect(layout.columns * (layout.rows - 1)).toBeLessThan(count)
    expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(count)
  })

  it('finds the part under every cell and the gap behind it, and none outside', () => {
    for (const [index, cell] of cells.entries()) {
      const corners = [[cell.x + 0.5, cell.y + 0.5], [cell.x + cell.width - 0.5, cell.y + cell.height - 0.5]] as const
      for (const [x, y] of corners) if (partAt(layout, x, y) !== index + 1) expect({ x, y, found: partAt(layout, x, y) }).toBe(index + 1)
    }
    for (const [x, y] of [[-1, 1], [1, -1], [width + 20, 1], [1, layout.height + 20]] as const) expect(partAt(layout, x, y)).toBeUndefined()
    const last = cellOf(layout, count)
    if (count % layout.columns > 0) expect(partAt(layout, last.x + layout.pitchX + 1, last.y + 1)).toBeUndefined()
  })
})

describe('cells', () => {
  it('are one broad bar for one part, comfortable for a hundred, small for ten thousand', () => {
    expect(cellOf(layOutParts(1, 684), 1)).toEqual({ x: 0, y: 0, width: 684, height: 15 })
    const hundred = cellOf(layOutParts(100, 684), 1)
    expect(Math.min(hundred.width, hundred.height)).toBeGreaterThanOrEqual(15)
    expect(cellOf(layOutParts(10_000, 684), 1)).toEqual({ x: 0, y: 0, width: 3, height: 3 })
    expect(cellOf(layOutParts(10_000, 280), 1)).toEqual({ x: 0, y: 0, width: 2, height: 2 })
  })

  it.each([1.25, 1.5, 1.75, 2, 3])('have their edges on the pixels of a screen with %d of them for each CSS pixel', (pixelRatio) => {
    for (const count of [5, 100, 10_000]) {
      const layout = layOutParts(count, 684, pixelRatio)
      for (const partNumber of numbersOf(layout)) {
        const { x, y, width, height } = cellOf(layout, partNumber)
        for (const edge of [x, y, x + width, y + height]) {
          const pixels = edge * pixelRatio
          if (Math.abs(pixels - Math.round(pixels)) > 1e-6) expect({ partNumber, edge }).toBe('on a pixel')
        }
      }
    }
  })
})

describe('going from row to row', () => {
  const layout = layOutParts(100, 684)
  const { columns } = layout

  it('keeps the column, stays within the map, and ends a shorter last row with the last part', () => {
    expect(partInRow(layout, 3, 1)).toBe(3 + columns)
    expect(partInRow(layout, 3 + columns, -1)).toBe(3)
    expect(partInRow(layout, 3, -1)).toBe(3)
    expect(partInRow(layout, 3, -10)).toBe(3)
    expect(partInRow(layout, columns, 10)).toBe(100)
    expect(partInRow(layout, 100, 1)).toBe(100)
    expect(partInRow(layOutParts(1, 684), 1, 1)).toBe(1)
  })
})
