/** Where the cells of a part map lie, in CSS pixels from its starting corner: right of it, or left where text runs that way. */
export interface PartMapLayout {
  count: number
  columns: number
  rows: number
  /** From the beginning of one cell to the beginning of the next. */
  pitchX: number
  pitchY: number
  /** Between two cells, in both directions. */
  gap: number
  width: number
  height: number
  /** Pixels of the screen for each CSS pixel: all edges lie on the former. */
  pixelRatio: number
}

/** As a rectangle on the map. */
export interface PartCell {
  x: number
  y: number
  width: number
  height: number
}

const largestPitch = 18
/** Two pixels of a cell and one between: less can't be told apart. */
const smallestPitch = 3
/** The map is as high as this at most, unless the smallest cells need more. */
const tallest = 240
/** From this pitch on, a row is stretched to the full width: what is rounded then is not seen. */
const smallestStretched = 8

function gapFor(pitch: number): number {
  if (pitch >= 10) return 3
  return pitch >= 6 ? 2 : 1
}

/**
 * Finds room for all cells without scrolling: the largest square cells with which the map stays low. Few cells become
 * bars that share the width among them.
 */
export function layOutParts(count: number, width: number, pixelRatio = 1): PartMapLayout {
  const snap = (length: number) => Math.round(length * pixelRatio) / pixelRatio

  function squares(size: number) {
    const [pitch, gap] = [snap(size), snap(gapFor(size))]
    const columns = Math.max(1, Math.floor((width + gap) / pitch))
    const rows = Math.ceil(count / columns)
    return { columns, rows, pitch, gap, height: rows * pitch - gap }
  }

  let size = largestPitch
  while (size > smallestPitch && squares(size).height > tallest) size--
  const { columns: most, rows, pitch, gap, height } = squares(size)
  const isStretched = size >= smallestStretched
  const columns = isStretched ? Math.ceil(count / rows) : most
  return { count, columns, rows, pitchX: isStretched ? (width + gap) / columns : pitch, pitchY: pitch, gap, width, height, pixelRatio }
}

/** The cell of a part. */
export function cellOf({ columns, pitchX, pitchY, gap, pixelRatio }: PartMapLayout, partNumber: number): PartCell {
  const column = (partNumber - 1) % columns
  const row = Math.floor((partNumber - 1) / columns)
  const edge = (at: number) => Math.round(at * pitchX * pixelRatio) / pixelRatio
  const x = edge(column)
  return { x, y: row * pitchY, width: edge(column + 1) - gap - x, height: pitchY - gap }
}

/** The part at a point; the gap behind a cell counts as the cell. Undefined where there is none. */
export function partAt({ count, columns, rows, pitchX, pitchY }: PartMapLayout, x: number, y: number): number | undefined {
  const column = Math.floor(x / pitchX)
  const row = Math.floor(y / pitchY)
  if (column < 0 || column >= columns || row < 0 || row >= rows) return undefined
  const partNumber = row * columns + column + 1
  return partNumber <= count ? partNumber : undefined
}

/** The part so many rows further down, or up; at the edge the same part. A last row that is shorter ends with the last part. */
export function partInRow({ count, columns, rows }: PartMapLayout, partNumber: number, rowsDown: number): number {
  const column = (partNumber - 1) % columns
  const row = Math.floor((partNumber - 1) / columns)
  const target = Math.min(Math.max(row + rowsDown, 0), rows - 1)
  return Math.min(target * columns + column + 1, count)
}
