import type { Action, Hooks, RequestView } from './contract'
import { draw } from './dice'
import { createLatch } from './latch'
import type { Operation } from './operation'

/** Which requests a rule takes. Everything that is given must fit; nothing given takes all. */
export interface Match {
  operation?: Operation | Operation[]
  partNumber?: number | number[]
  when?: (request: RequestView) => boolean
  /** The nth request that fits the above, or the nth to mth. From 1. */
  occurrence?: number | [from: number, to: number]
  /** From 0 to 1; drawn from the seed and what the request is, so that it does not depend on the order of arrival. */
  probability?: number
  /** At most so many requests. */
  times?: number
}

/** A rule that has been laid. */
export interface Rule {
  /** Requests taken so far. */
  readonly hits: number
  /** Resolves when it has first taken effect: at the very moment of the cut or the silence; for `hold`, when all wait. */
  reached: Promise<void>
  /** Takes no further requests. What it holds stays held. */
  remove(): void
  /** Lets go of everything it holds, and holds nothing any more. */
  release(): void
}

export interface LaidRule extends Rule {
  /** The hooks for this request, none if it is not for this rule. */
  take(view: RequestView): Hooks[]
}

export interface RuleOptions {
  seed: number
  /** Tells the rules of one proxy apart, for the dice. */
  index: number
  /** Called when an action has taken effect. */
  onAct(): void
}

export function createRule(match: Match, actions: Action[], { seed, index, onAct }: RuleOptions): LaidRule {
  const reached = createLatch()
  const released = createLatch()
  const { occurrence = [1, Infinity] } = match
  const [first, last] = typeof occurrence === 'number' ? [occurrence, occurrence] : occurrence
  let fitting = 0
  let hits = 0
  let isRemoved = false

  const hooks = actions.map((action, at) => action.hooks({
    released: released.opened,
    acts(exchange, { isReached = true } = {}) {
      exchange.entry.acted.push(action.name)
      if (isReached) reached.open()
      onAct()
    },
    draw: (view) => draw(seed, index, at, ...identity(view)),
  }))

  return {
    get hits() { return hits },
    reached: reached.opened,
    remove: () => { isRemoved = true },
    release: released.open,
    take(view) {
      if (isRemoved || hits >= (match.times ?? Infinity) || !fits(match, view)) return []
      fitting += 1
      if (fitting < first || fitting > last) return []
      if (match.probability !== undefined && draw(seed, index, 'pick', ...identity(view)) >= match.probability) return []
      hits += 1
      if (actions.length === 0) reached.open()
      return hooks
    },
  }
}

function fits({ operation, partNumber, when }: Match, view: RequestView): boolean {
  return (operation === undefined || [operation].flat().includes(view.operation))
    && (partNumber === undefined || [partNumber].flat().some((number) => number === view.partNumber))
    && (when === undefined || when(view))
}

function identity({ operation, partNumber, occurrence }: RequestView) {
  return [operation, partNumber, occurrence] as const
}
