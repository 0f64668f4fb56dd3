import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { listSample, storeSample } from '~/scripts/bucket/sample'

/** Whether the store says which parts it has: a resume rests on it. */
export const listParts: Check = {
  id: 'list-parts',
  title: 'ListParts',
  needs: ['part'],
  async run(patient) {
    const sample = await storeSample(patient)
    const parts = await listSample(patient, sample) ?? []
    const [part] = parts
    if (parts.length === 1 && part?.partNumber === 1 && part.bytes === sample.body.length) return ok('the part is listed with its number and size')
    return fault('The store does not list the part that it took: an upload could not be resumed.', { says: 'This store cannot be used. Whether a newer version of it lists parts, its documentation says.' })
  },
}
