import type { PartSnapshot } from '~/uploader/engine/types'
import type { PartLook } from './partLooks'
import { partLooks, partProgress } from './partLooks'
import type { PartCell, PartMapLayout } from './partMapLayout'
import { cellOf } from './partMapLayout'

/** The colours of a map, as CSS says them. */
export interface PartColors {
  /** Of what has left or arrived. */
  sent: string
  retrying: string
  /** Of what is still to go. */
  todo: string
  /** Of small cells that are being sent, so that they stand out among thousands. */
  active: string
}

/** What is used of a canvas, so that tests can look on. */
export type PartCanvas = Pick<CanvasRenderingContext2D, 'clearRect' | 'setTransform' | 'beginPath' | 'rect' | 'fill'> & { fillStyle: unknown, globalAlpha: number }

export interface PartDrawing {
  layout: PartMapLayout
  parts: readonly PartSnapshot[]
  colors: PartColors
  /** Text runs from right to left, and so do the cells. */
  isMirrored: boolean
}

type Paint = 'solid' | 'pale' | 'faint' | 'active' | 'retrying' | 'todo'

/** Cells of this size and more have room for a frame. */
const smallestFramed = 7
/** Bars fill along their length, smaller cells from the bottom. */
const barRatio = 2

/**
 * Draws all parts. The looks differ by shape as well, as far as a cell has room: proven is solid, stored a thick frame, sending fills
 * with what has left, retrying has a mark in its frame, prepared is half as high, and to go is a thin frame or a foot line.
 */
export function drawParts(canvas: PartCanvas, { layout, parts, colors, isMirrored }: PartDrawing): void {
  const { pixelRatio } = layout
  canvas.setTransform(isMirrored ? -pixelRatio : pixelRatio, 0, 0, pixelRatio, isMirrored ? layout.width * pixelRatio : 0, 0)
  canvas.clearRect(0, 0, layout.width, layout.height)

  // By paint, for changing it is what costs.
  const shapes: Record<Paint, PartCell[]> = { solid: [], pale: [], faint: [], active: [], retrying: [], todo: [] }
  for (const part of parts) {
    const cell = cellOf(layout, part.partNumber)
    const isFramed = Math.min(cell.width, cell.height) >= smallestFramed
    if (isFramed) addFramed(shapes, cell, partLooks[part.status], part)
    else addSmall(shapes, cell, partLooks[part.status], part)
  }

  const paints: Record<Paint, [color: string, alpha: number]> = {
    solid: [colors.sent, 1],
    // Paler than what is stored, however full: what was handed over is not acknowledged yet.
    pale: [colors.sent, 0.6],
    faint: [colors.sent, 0.35],
    active: [colors.active, 1],
    retrying: [colors.retrying, 1],
    todo: [colors.todo, 0.55],
  }
  for (const paint of Object.keys(paints) as Paint[]) {
    const [color, alpha] = paints[paint]
    canvas.fillStyle = color
    canvas.globalAlpha = alpha
    canvas.beginPath()
    for (const { x, y, width, height } of shapes[paint]) canvas.rect(x, y, width, height)
    canvas.fill()
  }
  canvas.globalAlpha = 1
}

function addFramed(shapes: Record<Paint, PartCell[]>, cell: PartCell, look: PartLook, part: PartSnapshot) {
  switch (look) {
    case 'proven': return void shapes.solid.push(cell)
    case 'stored':
      shapes.solid.push(...frame(cell, 2))
      return void shapes.faint.push(inside(cell, 2))
    case 'sending':
      shapes.solid.push(...frame(cell, 1))
      return void shapes.pale.push(filled(inside(cell, 1), partProgress(part)))
    case 'retrying':
      shapes.retrying.push(...frame(cell, 2))
      return void shapes.retrying.push(mark(cell))
    case 'ready': return void shapes.faint.push(filled(cell, 0.5))
    case 'todo': return void shapes.todo.push(...frame(cell, 1))
  }
}

function addSmall(shapes: Record<Paint, PartCell[]>, cell: PartCell, look: PartLook, part: PartSnapshot) {
  switch (look) {
    case 'proven': return void shapes.solid.push(cell)
    case 'stored': return void shapes.pale.push(cell)
    case 'sending': return void shapes.active.push(filled(cell, Math.max(partProgress(part), 1 / cell.height)))
    case 'retrying': return void shapes.retrying.push(cell)
    case 'ready': return void shapes.faint.push(filled(cell, 0.5))
    case 'todo': return void shapes.todo.push(filled(cell, 1 / cell.height))
  }
}

function frame({ x, y, width, height }: PartCell, line: number): PartCell[] {
  return [
    { x, y, width, height: line },
    { x, y: y + height - line, width, height: line },
    { x, y: y + line, width: line, height: height - 2 * line },
    { x: x + width - line, y: y + line, width: line, height: height - 2 * line },
  ]
}

function inside({ x, y, width, height }: PartCell, line: number): PartCell {
  return { x: x + line, y: y + line, width: width - 2 * line, height: height - 2 * line }
}

function filled({ x, y, width, height }: PartCell, share: number): PartCell {
  if (width >= barRatio * height) return { x, y, width: width * share, height }
  const tall = Math.round(height * share)
  return { x, y: y + height - tall, width, height: tall }
}

/** A dot in the middle. */
function mark({ x, y, width, height }: PartCell): PartCell {
  const size = Math.max(1, Math.floor(height / 3))
  return { x: x + Math.floor((width - size) / 2), y: y + Math.floor((height - size) / 2), width: size, height: size }
}
