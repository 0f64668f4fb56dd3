import type { LinkCase } from './links'
import { defaultPartBytes } from '#shared/limits'
import { upload } from './upload'

/** One way of choosing the number of parts in flight on one link, averaged over seeds. */
export interface Result {
  /** undefined: automatic. */
  concurrency: number | undefined
  bytesPerSecond: number
  retries: number
}

export interface Comparison {
  link: LinkCase
  parts: number
  automatic: Result
  /** From 1 on. */
  fixed: Result[]
  best: Result
}

export const fixedNumbers = Array.from({ length: 12 }, (_, index) => index + 1)
/** Six connections and one part queued ahead: what is chosen where nothing is found out. */
export const plainCeiling = 7

/** Chance decides little where connections hold, and much where they break. */
const seedsOf = ({ network }: LinkCase) => (network.breakEveryMs === undefined ? [1] : [1, 2, 3, 4, 5, 6])

async function average(link: LinkCase, concurrency: number | undefined): Promise<Result> {
  const seeds = seedsOf(link)
  let bytesPerSecond = 0
  let retries = 0
  for (const seed of seeds) {
    const outcome = await upload({ ...link, partBytes: defaultPartBytes, ...(concurrency !== undefined && { concurrency }), seed })
    bytesPerSecond += outcome.bytesPerSecond / seeds.length
    retries += outcome.retries / seeds.length
  }
  return { concurrency, bytesPerSecond, retries }
}

/** The automatic number beside each fixed one. */
export async function compare(link: LinkCase): Promise<Comparison> {
  const automatic = await average(link, undefined)
  const fixed: Result[] = []
  for (const concurrency of fixedNumbers) fixed.push(await average(link, concurrency))
  const best = fixed.reduce((first, other) => (other.bytesPerSecond > first.bytesPerSecond ? other : first))
  return { link, parts: Math.ceil(link.fileBytes / defaultPartBytes), automatic, fixed, best }
}
