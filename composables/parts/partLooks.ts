import type { PartSnapshot, PartStatus } from '~/uploader/engine/types'

/** What a cell tells; a part that is being read and one that was look alike. */
export type PartLook = 'todo' | 'ready' | 'sending' | 'retrying' | 'stored' | 'proven'

export const partLooks: Record<PartStatus, PartLook> = {
  waiting: 'todo',
  reading: 'ready',
  ready: 'ready',
  sending: 'sending',
  retrying: 'retrying',
  stored: 'stored',
  proven: 'proven',
}

/** From what has arrived to what is still to go. */
export const lookOrder: readonly PartLook[] = ['proven', 'stored', 'sending', 'retrying', 'ready', 'todo']

export function countLooks(parts: readonly PartSnapshot[]): Record<PartLook, number> {
  const counts = { proven: 0, stored: 0, sending: 0, retrying: 0, ready: 0, todo: 0 }
  for (const part of parts) counts[partLooks[part.status]] += 1
  return counts
}

/** From 0 to 1: how much of a part has left. That of an empty part is nothing. */
export function partProgress({ bytes, sentBytes }: Pick<PartSnapshot, 'bytes' | 'sentBytes'>): number {
  return bytes > 0 ? Math.min(1, sentBytes / bytes) : 0
}
