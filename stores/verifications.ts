import { defineStore } from 'pinia'
import { computed, shallowReactive, shallowRef } from 'vue'
import type { Receipt } from '#shared/api'
import type { Verifier, VerifyState } from '~/uploader/engine/types'

/** A verification that has come to its end: worth saying aloud. */
export interface VerifyMilestone {
  fileName: string
  outcome: 'identical' | 'different' | 'failed'
}

/** What the screen shows of the files that are being verified, or were since the page was opened. */
export const useVerificationsStore = defineStore('verifications', () => {
  let load: (() => Promise<Verifier>) | undefined
  let verifier: Verifier | undefined
  const states = shallowReactive(new Map<string, VerifyState>())
  const fileNames = new Map<string, string>()
  const latest = shallowRef<VerifyMilestone>()

  function show(id: string, state: VerifyState | undefined) {
    if (!state) {
      states.delete(id)
      return
    }
    states.set(id, state)
    const outcome = outcomeOf(state)
    if (outcome) latest.value = { fileName: fileNames.get(id) ?? '', outcome }
  }

  /** Several may ask while it is being loaded: the first one to come counts. */
  async function ensureLoaded() {
    const loaded = verifier ?? await load?.()
    if (verifier || !loaded) return
    verifier = loaded
    verifier.subscribe(show)
  }

  async function verify(receipt: Receipt) {
    fileNames.set(receipt.id, receipt.fileName)
    states.set(receipt.id, { status: 'queued' })
    try {
      await ensureLoaded()
      // It may have been cancelled meanwhile.
      if (states.get(receipt.id)?.status === 'queued') verifier?.verify(receipt)
    } catch {
      // Its code could not be fetched: the next press tries again.
      show(receipt.id, { status: 'failed', code: 'server_unreachable' })
    }
  }

  return {
    milestone: computed(() => latest.value),
    state: (id: string): VerifyState | undefined => states.get(id),
    connect: (loader: () => Promise<Verifier>) => { load = loader },
    verify,
    /** Stops a verification, or forgets what it has shown. */
    clear: (id: string) => {
      states.delete(id)
      verifier?.cancel(id)
    },
  }
})

function outcomeOf(state: VerifyState): VerifyMilestone['outcome'] | undefined {
  if (state.status === 'failed') return 'failed'
  if (state.status !== 'ended') return undefined
  return state.verdict.outcome === 'identical' ? 'identical' : 'different'
}
