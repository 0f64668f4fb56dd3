import { digestHeader } from '#shared/digest'
import { corsCure } from '~/scripts/bucket/cures'
import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import type { Patient } from '~/scripts/bucket/patient'
import type { PlainAnswer } from '~/scripts/bucket/storeCall'
import { ask, describeAnswer, isFine } from '~/scripts/bucket/storeCall'

/** What browsers ask before a part is sent, and before a range of a file is read, at every address and for every origin. */
export const corsPreflight: Check = {
  id: 'cors-preflight',
  title: 'CORS, preflight',
  needs: ['bucket'],
  async run(patient) {
    const { store, origins } = patient
    const intents = [{ method: 'PUT', header: digestHeader[store.digestAlgorithm] }, { method: 'GET', header: 'range' }]
    for (const url of await urlsOfPart(patient)) {
      for (const origin of origins) {
        for (const { method, header } of intents) {
          const answer = await ask(url, { method: 'OPTIONS', headers: { 'origin': origin, 'access-control-request-method': method, 'access-control-request-headers': header } })
          const lack = findLack(answer, origin, method, header)
          if (lack) return fault(`A page of ${origin} may not ${method} with the header ${header} at ${new URL(url).origin}: ${lack}.`, await corsCure(patient))
        }
      }
    }
    return ok(`pages of ${origins.join(', ')} may send parts and read files`)
  },
}

/** One for each address of the bucket, as a page gets them. Nothing is sent there but the question. */
async function urlsOfPart({ gateway, store, newDataKey }: Patient): Promise<string[]> {
  const addresses = await gateway.origins()
  const digest = store.digestAlgorithm === 'md5' ? '1B2M2Y8AsgTpgAmY7PhCfg==' : '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
  const signed = await gateway.signParts(newDataKey(), 'preflight', store.digestAlgorithm, addresses.map((_, index) => ({ partNumber: 1, bytes: 0, digest, store: index })))
  return signed.map(({ url }) => url)
}

/** What keeps a browser from sending the request; undefined where nothing does. */
function findLack(answer: PlainAnswer, origin: string, method: string, header: string): string | undefined {
  const allowed = (name: string) => (answer.headers.get(`access-control-allow-${name}`) ?? '').split(',').map((value) => value.trim().toLowerCase())
  if (!isFine(answer)) return `the store answers ${describeAnswer(answer)} to the preflight`
  if (!['*', origin.toLowerCase()].some((value) => allowed('origin').includes(value))) return 'the answer does not name this origin'
  if (!['*', method.toLowerCase()].some((value) => allowed('methods').includes(value))) return `the answer does not allow ${method}`
  return ['*', header].some((value) => allowed('headers').includes(value)) ? undefined : `the answer does not allow the header ${header}`
}
