import { checks } from './checks'
import type { Check, Finding, Outcome } from './finding'
import { fault, unchecked } from './finding'
import type { Patient } from './patient'
import { policyCure } from './policy'
import { CallFailed, describeFailure, readFailure } from './storeCall'

export interface ExamineOptions {
  /** No further check is begun. */
  signal: AbortSignal
  onFinding: (finding: Finding) => void
}

/** Makes all checks, one after the other. What they leave in the bucket is the caller's to clean. */
export async function examine(patient: Patient, { signal, onFinding }: ExamineOptions): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const check of checks) {
    if (signal.aborted) break
    const finding = { check: check.id, title: check.title, ...await outcomeOf(check, patient, findings) }
    findings.push(finding)
    onFinding(finding)
  }
  return findings
}

export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status === 'ok' || status === 'warning')
}

async function outcomeOf({ needs = [], run }: Check, patient: Patient, findings: readonly Finding[]): Promise<Outcome> {
  const isLacking = (statuses: readonly Finding['status'][]) => findings.find(({ check, status }) => needs.includes(check) && statuses.includes(status))
  const lacking = isLacking(['fault']) ?? isLacking(['unchecked'])
  if (lacking) return unchecked(`not before this is mended: ${lacking.title}`)
  try {
    return await run(patient)
  } catch (error) {
    return toFault(patient, error)
  }
}

function toFault({ store }: Patient, error: unknown): Outcome {
  if (!(error instanceof CallFailed)) return fault(`The store does not answer as it should: ${describeFailure(readFailure(error))}.`, { says: 'Look whether the store is up, and whether something stands between it and this machine.' })
  const { action, failure } = error
  if (failure.code === 'store_config') return fault(failure.message, { says: 'The server would refuse every upload to this bucket.', commands: failure.message.match(/NUXT_\w+=\w+/g) ?? [] })
  if (failure.status === 403) return fault(`The key may not ${action}: the store answers ${describeFailure(failure)}.`, policyCure(store))
  return fault(`The store answers ${describeFailure(failure)} to a call that needs ${action}.`, { says: 'Look this code up in the store\'s documentation, and whether NUXT_S3_PROVIDER names the right kind of store.' })
}
