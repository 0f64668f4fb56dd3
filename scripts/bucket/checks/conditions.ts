import type { Check, Cure, Outcome } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { permitted } from '~/scripts/bucket/storeCall'
import type { Patient } from '~/scripts/bucket/patient'

/** Whether, of two writes of one record, exactly one wins: the server has no other lock. */
export const conditions: Check = {
  id: 'conditions',
  title: 'If-None-Match and If-Match',
  needs: ['part'],
  async run(patient) {
    const { gateway, newRecordKey, traits } = patient
    if (!traits.hasConditionalWrites) return await confirmLack(patient)
    const key = newRecordKey()
    const write = (value: number, condition: { ifAbsent: true } | { ifMatch: string }) => permitted('s3:PutObject', gateway.writeJson(key, { value }, condition))
    const first = await write(1, { ifAbsent: true })
    if (!first) return fault('A first write under If-None-Match: * is refused.', lackCure(patient))
    if (await write(2, { ifAbsent: true })) return fault('A second write under If-None-Match: * is taken: two servers would overwrite each other\'s records.', lackCure(patient))
    const second = await write(3, { ifMatch: first.etag })
    if (!second) return fault('A write under If-Match with the right ETag is refused.', lackCure(patient))
    if (await write(4, { ifMatch: first.etag })) return fault('A write under If-Match with an old ETag is taken: two servers would overwrite each other\'s records.', lackCure(patient))
    return ok('of two writes one wins')
  },
}

/** Says what is documented, unless the store at hand shows that it has learned better. */
async function confirmLack(patient: Patient): Promise<Outcome> {
  const { gateway, newRecordKey, traits } = patient
  const written = await gateway.writeJson(newRecordKey(), {}, { ifAbsent: true }).catch(() => undefined)
  return fault(`${traits.name} ${written ? 'is known to have' : 'has'} no conditional writes, on which the server's records rest.`, lackCure(patient))
}

function lackCure({ traits }: Patient): Cure {
  return { says: `This store cannot hold the site's records${traits.tool === 'mc' ? ' in this version: take a newer one' : ''}. AWS S3, R2, MinIO and Ceph honour both headers.` }
}
