import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Provider, ProviderTraits } from '~/server/utils/providers'
import { providerTraits } from '~/server/utils/providers'

const columns: Provider[] = ['aws', 'r2', 'minio', 'ceph', 'b2']
const completes: Record<ProviderTraits['repeatedComplete'], string> = { accepted: 'the same answer', refused: '`NoSuchUpload`; HEAD decides', unknown: 'unknown; HEAD decides' }

const readme = readFileSync('README.md', 'utf8')

/** The cells of the table's row, without its heading and emphasis. */
function row(heading: string): string[] {
  const line = readme.split('\n').find((text) => text.startsWith(`| ${heading} |`)) ?? ''
  return line.split('|').slice(2, -1).map((cell) => cell.replaceAll('**', '').trim())
}

it.each<[string, (traits: ProviderTraits, provider: Provider) => string]>([
  ['Digests we rely on it to compare', ({ enforcedDigests }) => enforcedDigests.map((name) => ({ md5: 'MD5', sha256: 'SHA-256' })[name]).join(', ')],
  ['Parts of one length only', ({ wantsEqualParts }) => wantsEqualParts ? 'yes' : 'no'],
  ['A repeated Complete', ({ repeatedComplete }) => completes[repeatedComplete]],
  ['CORS', ({ cors }) => cors === 'bucket' ? 'per bucket' : 'one list of origins for the server, `*` at first'],
  ['`If-None-Match`, `If-Match` on PUT', ({ hasConditionalWrites }) => hasConditionalWrites ? 'yes' : 'no: it cannot hold the site\'s records'],
])('README says of each store what the server knows: %s', (heading, tell) => {
  expect(row(heading)).toEqual(columns.map((provider) => tell(providerTraits[provider], provider)))
})

it('README names the ages at which stores drop uploads by themselves', () => {
  const ages = row('Abandoned uploads').map((cell) => Number(/after (\d+) (?:days|hours)/.exec(cell)?.[1] ?? 0) / (cell.includes('hours') ? 24 : 1))
  expect(ages).toEqual(columns.map((provider) => providerTraits[provider].lifecycle.defaultDays ?? 0))
})
