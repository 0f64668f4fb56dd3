import { LadingError } from '#shared/errors'
import { useGateway } from './services'
import { isStopping } from './stopping'

/** However often the answer is asked for, the store is not asked more often than this. */
const freshMs = 2_000

let asked: { at: number, answer: Promise<void> } | undefined

/** Throws `store_config` or `store_unavailable` where the bucket can't be reached, or this server is about to end. */
export async function assertReady(): Promise<void> {
  if (isStopping()) throw new LadingError('store_unavailable', 'This server is being stopped.')
  if (!asked || Date.now() - asked.at > freshMs) asked = { at: Date.now(), answer: useGateway().assertReachable() }
  await asked.answer
}
