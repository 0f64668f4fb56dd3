import { describe, expect, it } from 'vitest'
import type { PartCanvas } from '~/composables/parts/drawParts'
import { drawParts } from '~/composables/parts/drawParts'
import { countLooks, partLooks } from '~/composables/parts/partLooks'
import { layOutParts } from '~/composables/parts/partMapLayout'
import type { PartSnapshot, PartStatus } from '~/uploader/engine/types'

const colors = { sent: 'sent', retrying: 'retrying', todo: 'todo', active: 'active' }
const statuses = Object.keys(partLooks) as PartStatus[]

const part = (partNumber: number, status: PartStatus, sentBytes = 0): PartSnapshot => ({ partNumber, bytes: 100, status, sentBytes, tries: 1 })

/** Notes each rectangle with what it is filled with. */
function createCanvas() {
  const filled: { paint: string, x: number, y: number, width: number, height: number }[] = []
  const transforms: number[][] = []
  let path: [number, number, number, number][] = []
  const canvas: PartCanvas = {
    fillStyle: '',
    globalAlpha: 1,
    clearRect() {},
    setTransform: ((...matrix: number[]) => void transforms.push(matrix)) as PartCanvas['setTransform'],
    beginPath: () => { path = [] },
    rect: (...box) => void path.push(box),
    fill: () => filled.push(...path.map(([x, y, width, height]) => ({ paint: `${String(canvas.fillStyle)} ${canvas.globalAlpha}`, x, y, width, height }))),
  }
  return { canvas, filled, transforms }
}

function draw(count: number, width: number, parts: PartSnapshot[], isMirrored = false) {
  const { canvas, filled, transforms } = createCanvas()
  drawParts(canvas, { layout: layOutParts(count, width, 2), parts, colors, isMirrored })
  return { filled, transforms }
}

describe('the drawing of parts', () => {
  it.each([[40, 684, 'large'], [10_000, 684, 'small'], [10_000, 280, 'smallest']])('of %i on %i pixels (%s) shows each state in its own way, not by colour alone where there is room', (count, width, size) => {
    const looks = statuses.map((status) => JSON.stringify(draw(count, width, [part(1, status, 60)]).filled))
    const distinct = new Set(looks).size
    // Being read and having been read look alike.
    expect(distinct).toBe(statuses.length - 1)
    const shapes = statuses.map((status) => JSON.stringify(draw(count, width, [part(1, status, 60)]).filled.map(({ paint: _, ...box }) => box)))
    if (size === 'large') expect(new Set(shapes).size).toBe(distinct)
    // What is to go never fills its cell, what arrived always does.
    expect(shapes[statuses.indexOf('waiting')]).not.toBe(shapes[statuses.indexOf('proven')])
  })

  it('fills what is being sent with what has left of it, a bar along its length', () => {
    const inside = (sentBytes: number) => draw(1, 602, [part(1, 'sending', sentBytes)]).filled.find(({ paint }) => paint === 'sent 0.6')
    expect(inside(0)).toMatchObject({ x: 1, width: 0 })
    expect(inside(50)).toMatchObject({ x: 1, width: 300, height: 13 })
    expect(inside(100)).toMatchObject({ x: 1, width: 600 })
    const [cell] = draw(100, 684, [part(1, 'sending', 50)]).filled.filter(({ paint }) => paint === 'sent 0.6')
    expect(cell).toMatchObject({ y: 7, height: 7 })
  })

  it('goes from the right to the left where text does', () => {
    expect(draw(10, 500, []).transforms).toEqual([[2, 0, 0, 2, 0, 0]])
    expect(draw(10, 500, [], true).transforms).toEqual([[-2, 0, 0, 2, 1000, 0]])
  })
})

describe('the looks', () => {
  it('are counted', () => {
    expect(countLooks(statuses.map((status, index) => part(index + 1, status)))).toEqual({ proven: 1, stored: 1, sending: 1, retrying: 1, ready: 2, todo: 1 })
  })
})
