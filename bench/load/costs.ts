import type { Reading } from './reading'

/** In words, what a client takes of the server's CPU, by the last reading of each series. */
export function describeCosts(sending: readonly Reading[], asking: readonly Reading[]): string {
  const [sender, last] = [sending.at(-1), asking.at(-1)]
  if (!sender) return ''
  const senderMs = sender.serverShare * 1000 / sender.senders
  const whole = `A client who sends took ${senderMs.toFixed(2)} ms of the server's CPU a second, opening and completing included`
  if (!last) return `${whole}.`
  const askerMs = (last.serverShare * 1000 - last.senders * senderMs) / last.stoodInFor
  return `${whole}; one who only asks took ${askerMs.toFixed(2)} ms, which is what signing alone costs.`
}
