import type { Receipt } from '#shared/api'
import type { DifferingParts, Verdict } from '~/uploader/engine/types'
import type { ObjectDigests } from './ports'
import { partRange } from '#shared/partPlan'

/**
 * Compares what was read with what was sent. `kept` are the parts' digests (Base64) of then; without them the receipt's
 * composite tells whether any part differs, and of a single part that it is this one.
 */
export function judge(receipt: Receipt, found: ObjectDigests, kept: readonly string[] | undefined): Verdict {
  if (found.sha256 === receipt.sha256) return { outcome: 'identical', by: 'sha256' }
  const differing = differingParts(receipt, found, kept)
  if (!differing) return { outcome: 'differs_somewhere' }
  if (differing.length > 0) return { outcome: 'differs', parts: differing }
  return receipt.sha256 === undefined ? { outcome: 'identical', by: 'digests' } : { outcome: 'sha256_disagrees' }
}

/** Undefined where some part differs and nothing tells which. */
function differingParts(receipt: Receipt, found: ObjectDigests, kept: readonly string[] | undefined): DifferingParts[] | undefined {
  if (kept) return joined(receipt, found.digests.flatMap((digest, index) => digest === kept[index] ? [] : index + 1))
  if (found.compositeDigest === receipt.compositeDigest) return []
  return receipt.partCount === 1 ? joined(receipt, [1]) : undefined
}

/** Neighbours become one run. Part numbers ascend. */
function joined(receipt: Receipt, partNumbers: readonly number[]): DifferingParts[] {
  const runs: DifferingParts[] = []
  for (const partNumber of partNumbers) {
    const { start, end } = partRange(receipt, partNumber)
    const last = runs.at(-1)
    if (last && last.lastPart === partNumber - 1) runs[runs.length - 1] = { ...last, lastPart: partNumber, end }
    else runs.push({ firstPart: partNumber, lastPart: partNumber, start, end })
  }
  return runs
}
