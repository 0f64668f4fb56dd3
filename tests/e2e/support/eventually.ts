import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks until there is an answer: for things that happen in other processes, of which no event tells.
 * @throws Error that names what was waited for, after `withinMs`.
 */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined | false> | T | undefined | false, withinMs = 60_000): Promise<T> {
  const until = Date.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > until) throw new Error(`It did not happen within ${withinMs / 1000} s: ${what}`)
    await pause(25)
  }
}
