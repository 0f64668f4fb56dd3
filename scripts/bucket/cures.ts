import { readCorsRules, readLifecycleRules } from './bucketRules'
import type { Cure } from './finding'
import type { Patient } from './patient'
import { corsRule, keptDays, withAbortRule, withCorsRule } from './rules'
import { CallFailed } from './storeCall'
import { tools } from './tools'

const aliasNote = 'ALIAS is what mc calls the server.'

export async function corsCure(patient: Patient): Promise<Cure> {
  const { store, traits, origins } = patient
  const known = traits.cors === 'bucket' ? await unlessRefused(readCorsRules(patient)) : []
  const steps = tools[traits.tool].setCors(store, withCorsRule(known ?? [], corsRule(origins)))
  if (traits.cors === 'server') return { says: `${traits.name} has one list of origins for all its buckets. ${aliasNote}`, ...steps }
  return {
    says: known ? 'The rules that are there already are kept.' : 'This replaces all CORS rules of the bucket; this key may not see whether there are any.',
    files: steps.files ?? [],
    commands: [setupCommand(origins), ...steps.commands],
  }
}

export async function lifecycleCure(patient: Patient): Promise<Cure> {
  const { store, traits, origins } = patient
  const known = traits.lifecycle.by === 'bucket' ? await unlessRefused(readLifecycleRules(patient)) : []
  const steps = tools[traits.tool].setLifecycle(store, withAbortRule(known ?? [], traits.lifecycle.defaultRuleId), traits)
  if (traits.lifecycle.by === 'server') return { says: `${traits.name} has one age of ${keptDays * 24} hours or another for abandoned uploads of all its buckets. ${aliasNote}`, ...steps }
  return {
    says: known ? 'The rules that are there already are kept.' : 'This replaces all lifecycle rules of the bucket; this key may not see whether there are any.',
    files: steps.files ?? [],
    commands: [setupCommand(origins), ...steps.commands],
  }
}

export function privateCure({ store, traits }: Patient): Cure {
  return { says: `Take public access away.${traits.tool === 'mc' ? ` ${aliasNote}` : ''}`, ...tools[traits.tool].makePrivate(store) }
}

export function bucketCure({ store, traits }: Patient): Cure {
  return { says: `Set NUXT_S3_BUCKET to a bucket that is there, or make this one.${traits.tool === 'mc' ? ` ${aliasNote}` : ''}`, ...tools[traits.tool].createBucket(store) }
}

function setupCommand(origins: readonly string[]): string {
  return ['npm run bucket:setup --', ...origins.flatMap((origin) => ['--origin', origin])].join(' ')
}

async function unlessRefused<Rules>(rules: Promise<Rules>): Promise<Rules | undefined> {
  try {
    return await rules
  } catch (error) {
    if (error instanceof CallFailed) return undefined
    throw error
  }
}
