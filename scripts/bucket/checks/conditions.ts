import type { Check, Cure, Outcome } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import type { Patient } from '~/scripts/bucket/patient'
import { CallFailed, permitted } from '~/scripts/bucket/storeCall'
import { providerTraits } from '~/server/utils/providers'

/** Whether, of two writes of one record, exactly one wins: the server has no other lock. */
export const conditions: Check = {
  id: 'conditions',
  title: 'If-None-Match and If-Match',
  needs: ['part'],
  async run(patient) {
    try {
      return await race(patient)
    } catch (error) {
      if (!(error instanceof CallFailed) || error.failure.status !== 501) throw error
      return fault(`The store has no conditional writes (501 ${error.failure.code}), on which the site's records rest.`, cureFor(patient))
    }
  },
}

async function race(patient: Patient): Promise<Outcome> {
  const { gateway, newRecordKey } = patient
  const key = newRecordKey()
  const write = (value: number, condition: { ifAbsent: true } | { ifMatch: string }) => permitted('s3:PutObject', gateway.writeJson(key, { value }, condition))
  const isWrong = (says: string) => fault(says, cureFor(patient))

  const first = await write(1, { ifAbsent: true })
  if (!first) return isWrong('A first write under If-None-Match: * is refused.')
  if (await write(2, { ifAbsent: true })) return isWrong('A second write under If-None-Match: * is taken: two servers would overwrite each other\'s records.')
  if (!await write(3, { ifMatch: first.etag })) return isWrong('A write under If-Match with the right ETag is refused.')
  if (await write(4, { ifMatch: first.etag })) return isWrong('A write under If-Match with an old ETag is taken: two servers would overwrite each other\'s records.')
  return ok('of two writes one wins')
}

function cureFor({ traits }: Patient): Cure {
  const others = Object.entries(providerTraits).filter(([provider, { hasConditionalWrites }]) => hasConditionalWrites && provider !== 'local').map(([, { name }]) => name)
  return { says: `${traits.hasConditionalWrites ? `Take a newer version of ${traits.name}` : 'Take another store'}: both headers are honoured by ${others.join(', ')}.` }
}
