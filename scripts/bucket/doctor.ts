import { ConfigError } from '~/server/utils/config/parseConfig'
import { readArguments } from './arguments'
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

const { origins: givenOrigins, hasFlag: isForMachines } = readArguments('json', usage)

const interrupted = new AbortController()
// Once: whoever presses it again does not want to wait for the cleaning either.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { interrupted.abort() })

// Whoever reads what we say may stop: the bucket is cleaned all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => { interrupted.abort() })

const config = await readConfiguration(givenOrigins).catch(refuse)
const patient = createPatient(config)
const { store, origins, traits } = patient
const print = createPrinter(console.log)
if (!isForMachines) console.log(`The bucket ${store.bucket} at ${traits.name}, for pages of ${origins.join(', ')}\n`)

let findings: Finding[] = []
let left: string[] = []
try {
  findings = await examine(patient, { signal: interrupted.signal, onFinding: (finding) => { if (!isForMachines) print(finding) } })
} finally {
  left = await patient.clean()
}
tell()

function tell(): void {
  const isWell = isHealthy(findings) && left.length === 0 && !interrupted.signal.aborted
  process.exitCode = isWell ? 0 : 1
  if (isForMachines) return console.log(JSON.stringify({ provider: store.provider, bucket: store.bucket, origins, isWell, findings, left }, undefined, 2))

  const having = (status: Finding['status']) => findings.filter((finding) => finding.status === status)
  const unseen = having('unchecked').map(({ title }) => title)
  console.log()
  if (unseen.length > 0) console.log(`Not looked at before that is mended: ${unseen.join('; ')}.`)
  if (left.length > 0) console.log(`These could not be taken away again; delete them, and abort their uploads:\n${left.map((key) => `  ${key}`).join('\n')}`)
  if (interrupted.signal.aborted) console.log(`Interrupted.${left.length === 0 ? ' What was made is taken away again.' : ''}`)
  else console.log(`${having('ok').length} well, ${having('warning').length} to think about, ${having('fault').length} wrong, ${unseen.length} not looked at`)
}

function refuse(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error
  if (isForMachines) console.log(JSON.stringify({ isWell: false, mistakes: error.mistakes }, undefined, 2))
  else console.error(error.mistakes.map((mistake) => `✗ ${mistake}`).join('\n'))
  process.exit(1)
}
