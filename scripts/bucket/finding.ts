import type { Patient } from './patient'

/** What mends a fault: words, and where there are any the files and commands, exactly as they are to be used. */
export interface Cure {
  says: string
  files?: readonly CureFile[]
  commands?: readonly string[]
}

export interface CureFile {
  name: string
  /** Written as JSON. */
  content: unknown
}

/** What a check came to. A warning leaves the bucket usable; a fault does not. */
export type Outcome =
  | { status: 'ok', says: string }
  | { status: 'warning' | 'fault', says: string, cure: Cure }
  | { status: 'unchecked', says: string }

export type Finding = Outcome & { check: string, title: string }

export interface Check {
  /** Stays the same, for machines. */
  id: string
  title: string
  /** Ids of earlier checks without which this one would only repeat what they said. */
  needs?: readonly string[]
  /** May throw a `CallFailed`, which is a fault. Whatever it makes in the bucket, the patient knows of. */
  run(patient: Patient): Promise<Outcome>
}

export const ok = (says: string): Outcome => ({ status: 'ok', says })
export const warning = (says: string, cure: Cure): Outcome => ({ status: 'warning', says, cure })
export const fault = (says: string, cure: Cure): Outcome => ({ status: 'fault', says, cure })
export const unchecked = (says: string): Outcome => ({ status: 'unchecked', says })
