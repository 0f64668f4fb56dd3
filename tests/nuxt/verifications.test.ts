import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { useVerification, useVerifyMilestone } from '~/composables/useVerification'
import { useVerificationsStore } from '~/stores/verifications'
import type { Verifier, VerifyState } from '~/uploader/engine/types'
import { receiptOf } from './fakeUploader'

/** A verifier that tells what the test says. */
function createFakeVerifier() {
  const calls: string[] = []
  let tell: (id: string, state: VerifyState | undefined) => void = () => {}
  const verifier: Verifier = {
    verify: ({ id }) => void calls.push(`verify ${id}`),
    cancel: (id) => {
      calls.push(`cancel ${id}`)
      tell(id, undefined)
    },
    wake: () => {},
    subscribe(listener) {
      tell = listener
      return () => {}
    },
  }
  return { calls, verifier, tell: (id: string, state: VerifyState | undefined) => tell(id, state) }
}

const receipt = receiptOf({ id: 'one' })
beforeEach(() => { setActivePinia(createPinia()) })

it('shows how a file is being verified, and says its end aloud once', async () => {
  const fake = createFakeVerifier()
  useVerificationsStore().connect(async () => fake.verifier)
  const { state, isUnderWay, verify } = useVerification(() => receipt)
  const milestone = useVerifyMilestone()
  await verify()
  expect([state.value?.status, isUnderWay.value]).toEqual(['queued', true])
  fake.tell('one', { status: 'reading', readBytes: 10 })
  expect(milestone.value).toBeUndefined()
  fake.tell('one', { status: 'ended', verdict: { outcome: 'differs', parts: [] } })
  expect(isUnderWay.value).toBe(false)
  expect(milestone.value).toEqual({ fileName: 'one.bin', outcome: 'different' })
})

it('is not begun where it was stopped before its code had come', async () => {
  const fake = createFakeVerifier()
  let come = () => {}
  useVerificationsStore().connect(async () => {
    await new Promise<void>((resolve) => { come = resolve })
    return fake.verifier
  })
  const { state, verify, clear } = useVerification(() => receipt)
  const verifying = verify()
  clear()
  come()
  await verifying
  expect(state.value).toBeUndefined()
  expect(fake.calls).toEqual([])
})

it('says so where its code could not be fetched, and tries again with the next press', async () => {
  const fake = createFakeVerifier()
  let isThere = false
  useVerificationsStore().connect(async () => {
    if (!isThere) throw new TypeError('Failed to fetch dynamically imported module')
    return fake.verifier
  })
  const { state, verify } = useVerification(() => receipt)
  await verify()
  expect(state.value).toEqual({ status: 'failed', code: 'server_unreachable' })
  isThere = true
  await verify()
  expect(fake.calls).toEqual(['verify one'])
})
