import type { Cure, Finding, Outcome } from './finding'

const marks: Record<Exclude<Outcome['status'], 'unchecked'>, string> = { ok: '✓', warning: '!', fault: '✗' }

/** Tells findings one by one, for people: not what was not looked at. A cure that was told already is only pointed to. */
export function createPrinter(write: (text: string) => void): (finding: Finding) => void {
  const told = new Map<string, string>()
  return (finding) => {
    if (finding.status === 'unchecked') return
    write(`${marks[finding.status]} ${finding.title.padEnd(31)} ${finding.says}`)
    if (!('cure' in finding)) return
    const cure = describeCure(finding.cure)
    const earlier = told.get(cure)
    write(indent(earlier ? `The same mends it as of "${earlier}".` : cure))
    if (!earlier) told.set(cure, finding.title)
  }
}

/** The words, then each file with its content, then what to run. */
export function describeCure({ says, files = [], commands = [] }: Cure): string {
  return [
    says,
    ...files.flatMap(({ name, content }) => [`${name}:`, indent(toJson(content))]),
    ...commands.map((command) => `  ${isSetting(command) ? '' : '$ '}${command}`),
  ].join('\n')
}

/** As people write it: a list of words stays on its line. */
export function toJson(content: unknown): string {
  return JSON.stringify(content, undefined, 2).replace(/\[\s+("[^"[\]{}]*"(?:,\s+"[^"[\]{}]*")*)\s+\]/g, (_, words: string) => `[${words.replace(/,\s+/g, ', ')}]`)
}

function isSetting(command: string): boolean {
  return /^NUXT_\w+=\S*$/.test(command)
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ')
}
