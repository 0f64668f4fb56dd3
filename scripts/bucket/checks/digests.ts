import type { DigestAlgorithm } from '#shared/digest'
import type { Check, Outcome } from '~/scripts/bucket/finding'
import { fault, ok, warning } from '~/scripts/bucket/finding'
import type { Patient } from '~/scripts/bucket/patient'
import { openSample, putSample } from '~/scripts/bucket/sample'
import type { PlainAnswer } from '~/scripts/bucket/storeCall'
import { CallFailed, describeAnswer, describeFailure, isFine } from '~/scripts/bucket/storeCall'

/** Whether a part is refused whose bytes are not those that its URL was signed for. */
export const md5Digest: Check = {
  id: 'md5',
  title: 'Wrong Content-MD5',
  needs: ['part'],
  run: (patient) => judge(patient, 'md5'),
}

/** The same, for uploads whose parts are proven by SHA-256. */
export const sha256Digest: Check = {
  id: 'sha256',
  title: 'Wrong SHA-256',
  needs: ['part'],
  run: (patient) => judge(patient, 'sha256'),
}

async function judge(patient: Patient, algorithm: DigestAlgorithm): Promise<Outcome> {
  const { store, traits } = patient
  const isOurs = store.digestAlgorithm === algorithm
  const other = algorithm === 'md5' ? 'sha256' : 'md5'
  const seen = await sendWrongBytes(patient, algorithm)
  if (typeof seen === 'string') {
    const says = `the store has no uploads that are proven by ${algorithm}: ${seen}`
    return isOurs ? fault(`NUXT_S3_DIGEST is ${algorithm}, but ${says}.`, { says: 'Use the other digest.', commands: [`NUXT_S3_DIGEST=${other}`] }) : ok(`${says}; NUXT_S3_DIGEST=${other} is right`)
  }
  if (!isFine(seen)) return ok(`refused (${describeAnswer(seen)})${isOurs ? '' : `; NUXT_S3_DIGEST=${algorithm} would work as well`}`)
  if (!isOurs) return ok(`taken: nobody compares it here, so NUXT_S3_DIGEST=${other} is right`)
  const says = `The store takes a part whose bytes are not those of its ${algorithm}.`
  const cure = { says: 'Use the other digest, if that one is compared.', commands: [`NUXT_S3_DIGEST=${other}`] }
  // Where that is known, the page sends the very bytes that it hashed.
  return traits.enforcedDigests.includes(algorithm) ? fault(`${says} ${traits.name} would refuse it: NUXT_S3_PROVIDER may name the wrong kind of store.`, cure) : warning(says, cure)
}

/** The answer to a part with other bytes, or why there can be no such upload. */
async function sendWrongBytes(patient: Patient, algorithm: DigestAlgorithm): Promise<PlainAnswer | string> {
  try {
    const sample = await openSample(patient, algorithm)
    const wrong = sample.body.map((byte) => byte ^ 1)
    return await putSample(patient, sample, { body: wrong })
  } catch (error) {
    if (error instanceof CallFailed) return describeFailure(error.failure)
    throw error
  }
}
