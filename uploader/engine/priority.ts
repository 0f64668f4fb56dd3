import type { UploadPriority } from './types'

/** In whose name places on the link are asked for: a large file by itself, all small ones of a rank together. */
export interface Share {
  /** Whoever has a lower one is served first; @default that of those who take their turn. */
  readonly rank?: number
}

/** From first to last. */
export const priorities = ['first', 'normal', 'last'] as const satisfies readonly UploadPriority[]

export function rankOf(priority: UploadPriority): number {
  return priorities.indexOf(priority)
}

export const normalRank = rankOf('normal')
