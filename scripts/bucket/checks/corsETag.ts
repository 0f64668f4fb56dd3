import { corsCure } from '~/scripts/bucket/cures'
import type { Check } from '~/scripts/bucket/finding'
import { fault, ok, warning } from '~/scripts/bucket/finding'
import { openSample, putSample } from '~/scripts/bucket/sample'

/** Whether the page sees what the store answers to a part: without the ETag nothing says that the right bytes arrived. */
export const corsETag: Check = {
  id: 'cors-etag',
  title: 'CORS, exposed ETag',
  needs: ['cors-preflight', 'part'],
  async run(patient) {
    const sample = await openSample(patient)
    for (const origin of patient.origins) {
      const { headers } = await putSample(patient, sample, { origin })
      const allowed = headers.get('access-control-allow-origin')
      if (allowed !== origin && allowed !== '*') return fault(`The answer to a part does not name ${origin}, so that its page sees a broken network.`, await corsCure(patient))
      const exposed = (headers.get('access-control-expose-headers') ?? '').split(',').map((name) => name.trim().toLowerCase())
      const isExposed = (name: string) => exposed.includes('*') || exposed.includes(name)
      if (!isExposed('etag')) return fault(`A page of ${origin} cannot see the ETag of what it sent: it is not among the exposed headers.`, await corsCure(patient))
      if (!isExposed('retry-after')) return warning(`A page of ${origin} cannot see how long a busy store wants to be left alone: Retry-After is not among the exposed headers.`, await corsCure(patient))
    }
    return ok('pages see ETag and Retry-After')
  },
}
