export interface Flow {
  /** What it can use at most. */
  cap: number
  /** Its share, next to the others'. */
  weight: number
}

/**
 * Shares a rate among flows by their weights, as competing TCP connections do in the long run: what one can't use goes to
 * the others. Answers the rates in the order of the flows.
 */
export function shareFairly(rate: number, flows: readonly Flow[]): number[] {
  const rates = flows.map(() => 0)
  let left = rate
  let weights = flows.reduce((sum, { weight }) => sum + weight, 0)
  const easiest = [...flows.entries()].sort(([, one], [, other]) => one.cap / one.weight - other.cap / other.weight)
  for (const [index, { cap, weight }] of easiest) {
    const share = Math.min(cap, (left * weight) / weights)
    rates[index] = share
    left -= share
    weights -= weight
  }
  return rates
}
