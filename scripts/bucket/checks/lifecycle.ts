import { readLifecycleRules } from '~/scripts/bucket/bucketRules'
import { lifecycleCure } from '~/scripts/bucket/cures'
import type { Check, Outcome } from '~/scripts/bucket/finding'
import { ok, warning } from '~/scripts/bucket/finding'
import type { Patient } from '~/scripts/bucket/patient'
import { abortDays, keptDays, shortestAbortDays } from '~/scripts/bucket/rules'
import { CallFailed, describeFailure } from '~/scripts/bucket/storeCall'

/** Whether the store itself takes away uploads that nobody goes on with, and not too early. */
export const lifecycle: Check = {
  id: 'lifecycle',
  title: 'Lifecycle of abandoned uploads',
  needs: ['bucket'],
  async run(patient) {
    const { name, lifecycle: { by, defaultDays } } = patient.traits
    if (by === 'bucket') return await readBack(patient)
    return warning(`${name} keeps no rule for abandoned uploads with a bucket: it drops them by an age of its own, ${describeDays(defaultDays)} unless told otherwise, which cannot be read from here.`, await lifecycleCure(patient))
  },
}

async function readBack(patient: Patient): Promise<Outcome> {
  try {
    const rules = await readLifecycleRules(patient)
    const shortest = shortestAbortDays(rules)
    if (shortest !== undefined && shortest < keptDays) return warning(`Uploads are aborted ${describeDays(shortest)} after their beginning, however alive they are; people are promised ${keptDays} days.`, await lifecycleCure(patient))
    const days = abortDays(rules)
    if (days === undefined) return warning('No rule aborts incomplete multipart uploads: what people abandon is stored, and billed, for ever.', await lifecycleCure(patient))
    return ok(`aborted ${describeDays(days)} after their beginning`)
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    const known = patient.traits.lifecycle.defaultDays
    return warning(`The rules cannot be read with this key (${describeFailure(error.failure)}).${known ? ` Unless told otherwise, ${patient.traits.name} aborts uploads after ${describeDays(known)}.` : ''}`, await lifecycleCure(patient))
  }
}

function describeDays(days = 0): string {
  return days === 1 ? '1 day' : `${days} days`
}
