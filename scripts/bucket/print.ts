import type { Cure, Finding, Outcome } from './finding'

const marks: Record<Outcome['status'], string> = { ok: '✓', warning: '!', fault: '✗', unchecked: '·' }

/** Tells findings one by one, for people. A cure that was told already is only pointed to. */
export function createPrinter(write: (text: string) => void): (finding: Finding) => void {
  const told = new Map<string, string>()
  return (finding) => {
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
    ...files.flatMap(({ name, content }) => [`${name}:`, indent(JSON.stringify(content, undefined, 2))]),
    ...commands.map((command) => `  ${isSetting(command) ? '' : '$ '}${command}`),
  ].join('\n')
}

function isSetting(command: string): boolean {
  return /^NUXT_\w+=\S*$/.test(command)
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ')
}
