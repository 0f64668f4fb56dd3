import type { Receipt } from '#shared/api'
import type { Verifier, VerifyState, WaitReason } from '~/uploader/engine/types'
import type { VerifyPorts } from './ports'
import type { VerifyPlan } from './verifyFile'
import { toLadingError } from '#shared/errors'
import { MiB } from '#shared/limits'
import { createBell } from '~/uploader/engine/bell'
import { defaultTiming } from '~/uploader/engine/context'
import { createMeter } from '~/uploader/engine/meter'
import { createRetry } from '~/uploader/engine/retry'
import { verifyFile } from './verifyFile'

export interface VerifierOptions extends Partial<VerifyPlan> {
  /** How often in a row something may fail, with no range read in between. @default 9 */
  retries?: number
}

interface Job {
  receipt: Receipt
  stop: AbortController
}

/** Verifies one file at a time: hashing is what limits it, and one file that is done says more than two that are half read. */
export function createVerifier(ports: VerifyPorts, { retries = 9, timing = defaultTiming, pieceBytes = 4 * MiB, piecesAtOnce = 4 }: VerifierOptions = {}): Verifier {
  const { clock, random, hasher } = ports
  const plan = { timing, pieceBytes, piecesAtOnce }
  const listeners = new Set<(id: string, state: VerifyState | undefined) => void>()
  const jobs = new Map<string, Job>()
  const tryNow = createBell()
  let isBusy = false

  function tell(id: string, state: VerifyState | undefined) {
    for (const listener of listeners) listener(id, state)
  }

  async function run(job: Job): Promise<VerifyState> {
    const { receipt, stop: { signal } } = job
    const meter = createMeter(clock)
    let readBytes = 0
    let waiting: WaitReason | undefined
    let toldAt = -Infinity

    function show(reason: WaitReason | undefined, isUrgent: boolean) {
      waiting = reason
      if (signal.aborted) return
      if (!isUrgent && clock.elapsed() - toldAt < timing.reportMs) return
      toldAt = clock.elapsed()
      const rate = waiting ? undefined : meter.rate()
      tell(receipt.id, {
        status: 'reading',
        readBytes,
        ...rate && { bytesPerSecond: rate, secondsLeft: (receipt.fileBytes - readBytes) / rate },
        ...waiting && { waiting },
      })
    }

    show(undefined, true)
    const retry = createRetry({
      clock, random, retries, tryNow, policy: timing,
      onWait: (reason) => show(reason, reason !== waiting),
      onRecovered: () => show(undefined, waiting !== undefined),
    })
    try {
      const result = await verifyFile({
        receipt, ports, plan, retry,
        onProgress(bytes) {
          meter.record(bytes - readBytes)
          readBytes = bytes
          show(waiting, false)
        },
      }, signal)
      return { status: 'ended', ...result }
    } catch (thrown) {
      return { status: 'failed', code: toLadingError(thrown).code }
    }
  }

  async function work() {
    if (isBusy) return
    isBusy = true
    for (let [job] = jobs.values(); job; [job] = jobs.values()) {
      const state = await run(job)
      if (jobs.get(job.receipt.id) !== job) continue
      jobs.delete(job.receipt.id)
      tell(job.receipt.id, state)
    }
    isBusy = false
    hasher.rest()
  }

  return {
    verify(receipt) {
      if (jobs.has(receipt.id)) return
      jobs.set(receipt.id, { receipt, stop: new AbortController() })
      tell(receipt.id, { status: 'queued' })
      void work()
    },

    cancel(id) {
      const job = jobs.get(id)
      if (!job) return
      jobs.delete(id)
      job.stop.abort()
      tell(id, undefined)
    },

    wake: tryNow.ring,

    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
