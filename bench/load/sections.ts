/** Puts a section in the place of the one with the same heading, or at the end; everything else stays as it is. `lines` begin below the heading. */
export function replaceSection(report: string, heading: string, lines: string[]): string {
  const [head = '', ...sections] = report.split(/^(?=## )/m)
  const section = `## ${heading}\n\n${lines.join('\n').replaceAll(/\n{3,}/g, '\n\n').trim()}\n`
  const index = sections.findIndex((old) => old.startsWith(`## ${heading}\n`))
  if (index === -1) sections.push(section)
  else sections[index] = section
  return `${[head, ...sections].map((part) => part.trim()).join('\n\n')}\n`
}
