import type { Reading } from '~/bench/load/reading'

/** A quiet one. */
export const quiet: Reading = {
  senders: 50,
  stoodInFor: 1000,
  seconds: 20,
  calls: 300,
  errors: [],
  signCalls: 250,
  signMedianMs: 8.4,
  signP99Ms: 31.2,
  serverSignP99Ms: 21,
  signedPartsPerSecond: 1490.1,
  storedPartsPerSecond: 74.6,
  serverShare: 0.25,
  serverBytes: 150 * 1024 ** 2,
  generatorShare: 0.2,
  otherCoreShare: 0.6,
  strangersShares: [0.01, 0.02],
  latenessP99Ms: 6,
}
