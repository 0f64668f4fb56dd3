import { parseArgs } from 'node:util'
import { ConfigError } from '~/server/utils/config/parseConfig'
import { readConfiguration } from './configuration'
import { examine, isHealthy } from './examine'
import type { Finding } from './finding'
import { createPatient } from './patient'
import { createPrinter } from './print'

const usage = `npm run bucket:doctor -- [options]

Asks the bucket, with real requests, for all that the site needs of it, and says how to mend what is wrong. It reads the server's settings, from
the environment or .env, and leaves nothing in the bucket. Ends with 0 when all is well (warnings allowed), else with 1.

  --origin ORIGIN   where people open the site, such as https://files.example.com; can be repeated (default: NUXT_SITE_ORIGIN)
  --json            for machines
`

const { values } = parseArgs({ options: { origin: { type: 'string', multiple: true, default: [] }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } } })
if (values.help) {
  console.log(usage)
  process.exit()
}

const interrupted = new AbortController()
// Once: whoever presses it again does not want to wait for the cleaning either.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { interrupted.abort() })

const config = await readConfiguration(values.origin).catch(refuse)
const patient = createPatient(config)
const { store, origins, traits } = patient
const print = createPrinter(console.log)
if (!values.json) console.log(`The bucket ${store.bucket} at ${traits.name}, for pages of ${origins.join(', ')}\n`)

let findings: Finding[] = []
let left: string[] = []
try {
  findings = await examine(patient, { signal: interrupted.signal, onFinding: (finding) => { if (!values.json) print(finding) } })
} finally {
  left = await patient.clean()
}
tell()

function tell(): void {
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length
  const isWell = isHealthy(findings) && left.length === 0 && !interrupted.signal.aborted
  if (values.json) {
    console.log(JSON.stringify({ provider: store.provider, bucket: store.bucket, origins, isWell, findings, left }, undefined, 2))
  } else {
    if (left.length > 0) console.log(`\nThese could not be taken away again: delete them, and abort their uploads.\n${left.map((key) => `  ${key}`).join('\n')}`)
    console.log(interrupted.signal.aborted ? '\nInterrupted; what was made is taken away again.' : `\n${count('ok')} well, ${count('warning')} to think about, ${count('fault')} wrong, ${count('unchecked')} not looked at`)
  }
  process.exitCode = isWell ? 0 : 1
}

function refuse(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error
  if (values.json) console.log(JSON.stringify({ isWell: false, mistakes: error.mistakes }, undefined, 2))
  else console.error(error.mistakes.map((mistake) => `✗ ${mistake}`).join('\n'))
  process.exit(1)
}
