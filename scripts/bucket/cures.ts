import { readCorsRules, readLifecycleRules } from './bucketRules'
import type { Cure } from './finding'
import type { Patient } from './patient'
import { corsRule, withAbortRule, withCorsRule } from './rules'
import { CallFailed } from './storeCall'
import { tools } from './tools'

const aliasNote = 'ALIAS is what mc calls the server.'

export async function corsCure(patient: Patient): Promise<Cure> {
  return withSetup(patient, patient.traits.cors, await corsByHand(patient))
}

export async function lifecycleCure(patient: Patient): Promise<Cure> {
  return withSetup(patient, patient.traits.lifecycle.by, await lifecycleByHand(patient))
}

/** How CORS is set without `bucket:setup`. */
export async function corsByHand(patient: Patient): Promise<Cure> {
  const { store, traits, origins } = patient
  const known = traits.cors === 'bucket' ? await unlessRefused(readCorsRules(patient)) : []
  const steps = tools[traits.tool].setCors(store, withCorsRule(known ?? [], corsRule(origins)))
  const says = traits.cors === 'bucket' ? describeKnown(known, 'CORS') : `${traits.name} has one list of origins for all its buckets. ${aliasNote}`
  return { says, ...steps }
}

/** How the age of abandoned uploads is set without `bucket:setup`. */
export async function lifecycleByHand(patient: Patient): Promise<Cure> {
  const { store, traits } = patient
  const known = traits.lifecycle.by === 'bucket' ? await unlessRefused(readLifecycleRules(patient)) : []
  const steps = tools[traits.tool].setLifecycle(store, withAbortRule(known ?? [], traits.lifecycle.defaultRuleId), traits)
  const says = traits.lifecycle.by === 'bucket' ? describeKnown(known, 'lifecycle') : `${traits.name} has one age for the abandoned uploads of all its buckets. ${aliasNote}`
  return { says, ...steps }
}

/** Where the bucket itself has the rule, one command of ours sets it as well. */
function withSetup({ origins }: Patient, by: 'bucket' | 'server', { commands = [], ...cure }: Cure): Cure {
  const setup = ['npm run bucket:setup --', ...origins.flatMap((origin) => ['--origin', origin])].join(' ')
  return { ...cure, commands: by === 'bucket' ? [setup, ...commands] : commands }
}

export function privateCure({ store, traits }: Patient): Cure {
  return { says: `Take public access away.${traits.tool === 'mc' ? ` ${aliasNote}` : ''}`, ...tools[traits.tool].makePrivate(store) }
}

export function bucketCure({ store, traits }: Patient): Cure {
  return { says: `Set NUXT_S3_BUCKET to a bucket that is there, or make this one.${traits.tool === 'mc' ? ` ${aliasNote}` : ''}`, ...tools[traits.tool].createBucket(store) }
}

/** What becomes of the rules that are there: undefined where the key may not see them. */
function describeKnown(rules: readonly unknown[] | undefined, kind: string): string {
  if (!rules) return `This replaces all ${kind} rules of the bucket; this key may not see whether there are any.`
  return rules.length === 0 ? `The bucket has no ${kind} rules yet.` : `The ${kind} rules that are there already are kept.`
}

async function unlessRefused<Rules>(rules: Promise<Rules>): Promise<Rules | undefined> {
  try {
    return await rules
  } catch (error) {
    if (error instanceof CallFailed) return undefined
    throw error
  }
}
