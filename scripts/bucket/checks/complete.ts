import type { Check, Cure } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import type { Patient } from '~/scripts/bucket/patient'
import type { Sample } from '~/scripts/bucket/sample'
import { completeSample, listSample, storeSample } from '~/scripts/bucket/sample'
import { permitted } from '~/scripts/bucket/storeCall'

const cure: Cure = { says: 'This store cannot be used as it is. Whether a newer version of it behaves like S3 here, its documentation says.' }

/** Whether the parts become one object, and a repeat of the call, as after a lost answer, leaves it alone. */
export const complete: Check = {
  id: 'complete',
  title: 'Complete, twice',
  needs: ['list-parts'],
  async run(patient) {
    const sample = await storeSample(patient)
    const parts = await listSample(patient, sample) ?? []
    const first = await completeSample(patient, sample)
    if (!await isWhole(patient, sample)) return fault(`The upload was completed (${describe(first)}), but no object with its length and token is there.`, cure)
    const { gateway } = patient
    const second = await gateway.completeMultipart(sample.key, sample.uploadId, parts, AbortSignal.timeout(60_000))
    if (!await isWhole(patient, sample)) return fault(`A repeated Complete (${describe(second)}) damaged the object.`, cure)
    return ok(`one object; the repeat is ${second.outcome === 'answered' ? 'answered alike' : `refused (${describe(second)}), and HEAD knows better`}`)
  },
}

async function isWhole({ gateway }: Patient, { key, token, body }: Sample): Promise<boolean> {
  const object = await permitted('s3:GetObject', gateway.head(key))
  return object?.token === token && object.bytes === body.length
}

function describe(outcome: Awaited<ReturnType<typeof completeSample>>): string {
  return outcome.outcome === 'refused' ? outcome.code : outcome.outcome
}
