import { ConfigError } from '~/server/utils/config/parseConfig'
import { readCorsRules, readLifecycleRules, writeCorsRules, writeLifecycleRules } from './bucketRules'
import { readArguments } from './arguments'
import { readConfiguration } from './configuration'
import { corsByHand, lifecycleByHand } from './cures'
import type { Patient } from './patient'
import { createPatient } from './patient'
import { policyCure } from './policy'
import { describeCure, toJson } from './print'
import { abortDays, corsRule, keptDays, shortestAbortDays, withAbortRule, withCorsRule } from './rules'
import { CallFailed, describeFailure } from './storeCall'

const usage = `npm run bucket:setup -- [options]

Sets two rules on the bucket: CORS, so that the site's pages may send parts, and that the store aborts uploads after ${keptDays} days. Rules of others stay.
Then it reads them back, and prints all that the server's key has to be allowed. It reads the server's settings, from the environment or .env; the key
needs s3:GetBucketCORS, s3:PutBucketCORS, s3:GetLifecycleConfiguration and s3:PutLifecycleConfiguration, so set an administrator's for this once.

  --origin ORIGIN   where people open the site, such as https://files.example.com; can be repeated (default: NUXT_SITE_ORIGIN)
  --dry-run         only prints what it would set
`

/** One of the two rules: how it is, how it should be, and how to bring it there. */
interface Rule<Kind> {
  title: string
  /** Whether the bucket itself has such rules. */
  isOfBucket: boolean
  read: () => Promise<Kind[]>
  wanted: (known: readonly Kind[]) => Kind[]
  write: (rules: Kind[]) => Promise<void>
  /** What is wrong with rules that were read back; undefined where nothing is. */
  lack: (rules: readonly Kind[]) => string | undefined
  /** How it is set by hand. */
  byHand: () => Promise<string>
}

const { origins: givenOrigins, hasFlag: isDryRun } = readArguments('dry-run', usage)
// Whoever reads what we say may stop: the rules are set all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const patient = createPatient(await readConfiguration(givenOrigins).catch(refuse))
const { store, traits, origins } = patient
console.log(`The bucket ${store.bucket} at ${traits.name}, for pages of ${origins.join(', ')}\n`)
const areSet = [await apply(corsOf(patient)), await apply(lifecycleOf(patient))]
console.log(`What the server's key needs:\n\n${describeCure(policyCure(store))}`)
process.exitCode = areSet.every(Boolean) ? 0 : 1

function corsOf(bucket: Patient): Rule<ReturnType<typeof corsRule>> {
  const rule = corsRule(origins)
  return {
    title: 'CORS',
    isOfBucket: traits.cors === 'bucket',
    read: () => readCorsRules(bucket),
    wanted: (known) => withCorsRule(known, rule),
    write: (rules) => writeCorsRules(bucket, rules),
    lack: (rules) => rules.some(({ AllowedOrigins = [] }) => origins.every((origin) => AllowedOrigins.includes(origin))) ? undefined : 'no rule names the site',
    byHand: async () => describeCure(await corsByHand(bucket)),
  }
}

function lifecycleOf(bucket: Patient): Rule<Awaited<ReturnType<typeof readLifecycleRules>>[number]> {
  return {
    title: 'Lifecycle',
    isOfBucket: traits.lifecycle.by === 'bucket',
    read: () => readLifecycleRules(bucket),
    wanted: (known) => withAbortRule(known, traits.lifecycle.defaultRuleId),
    write: (rules) => writeLifecycleRules(bucket, rules),
    lack(rules) {
      const shortest = shortestAbortDays(rules)
      if (abortDays(rules) === undefined) return 'no rule aborts uploads'
      return shortest !== undefined && shortest < keptDays ? `a rule that was there already aborts uploads after ${shortest} days; change it yourself` : undefined
    },
    byHand: async () => describeCure(await lifecycleByHand(bucket)),
  }
}

/** Sets the rule and reads it back; where that cannot be done from here, says how it is done by hand. Answers whether it is set. */
async function apply<Kind>({ title, isOfBucket, read, wanted, write, lack, byHand }: Rule<Kind>): Promise<boolean> {
  if (!isOfBucket) {
    console.log(`! ${title}: ${traits.name} has none for a single bucket. It is set once for the server:\n\n${await byHand()}\n`)
    return true
  }
  try {
    const known = await read()
    const rules = wanted(known)
    if (isDryRun) {
      console.log(`${title}, as it would be set in place of the ${known.length} rules there:\n\n${toJson(rules)}\n`)
      return true
    }
    await write(rules)
    const missing = lack(await read())
    console.log(missing ? `✗ ${title}: set, but ${missing}.\n` : `✓ ${title}: set and read back; ${rules.length - 1} other rules stay.\n`)
    return missing === undefined
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    console.log(`✗ ${title}: the store answers ${describeFailure(error.failure)} to a call that needs ${error.action}. With another key, or by hand:\n\n${await byHand()}\n`)
    return false
  }
}

function refuse(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error
  console.error(error.mistakes.map((mistake) => `✗ ${mistake}`).join('\n'))
  process.exit(1)
}
