import type { NetworkWatch } from './watch/network'
import type { ScreenWatch } from './watch/screen'
import type { Wishes } from './watch/wishes'
import type { World } from './world'
import { createNetworkWatch } from './watch/network'
import { createScreenWatch } from './watch/screen'
import { createWishes } from './watch/wishes'

/** Looks on while a story plays, and notes every broken promise. */
export interface Watch extends Wishes, NetworkWatch, ScreenWatch {
  readonly violations: readonly string[]
  /** What went wrong on purpose, and how often. */
  readonly causes: ReadonlyMap<string, number>
  broken(rule: string, what: string): void
  noteCause(cause: string): void
}

export function createWatch(world: () => World): Watch {
  const violations: string[] = []
  const causes = new Map<string, number>()

  function broken(rule: string, what: string) {
    violations.push(`${rule} at ${(world().time.now / 1000).toFixed(3)} s: ${what}`)
  }

  const wishes = createWishes(world)
  const network = createNetworkWatch({ world, wishes, causes, broken })
  const screen = createScreenWatch({ world, wishes, network, broken })

  return {
    ...wishes,
    ...network,
    ...screen,
    violations,
    causes,
    broken,
    noteCause: (cause) => void causes.set(cause, (causes.get(cause) ?? 0) + 1),
    // Spreading has read it once.
    get calls() {
      return network.calls
    },
    tabDied(tab) {
      network.tabDied(tab)
      screen.tabDied(tab)
    },
  }
}
