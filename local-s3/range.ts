import { S3Error } from './errors'

/** Bytes `start` to `end`, the latter included. */
export interface ByteRange { start: number, end: number }

/** `undefined` when there is no range to obey: none sent, several, or none that is well-formed. Throws `InvalidRange`. */
export function readRange(header: string | undefined, bytes: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  const isBackwards = first !== '' && last !== '' && Number(last) < Number(first)
  if (isBackwards) return undefined
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (start > end) throw new S3Error('InvalidRange', { details: { RangeRequested: header ?? '', ActualObjectSize: bytes } })
  return { start, end }
}
