import type { Figure, Finding } from './figures'
import { median } from './figures'

export interface Section extends Finding {
  title: string
}

/** The report as Markdown. */
export function writeReport(facts: string[], sections: Section[]): string {
  return ['# Measured', '', ...facts.flatMap((fact) => [fact, '']), ...sections.flatMap(writeSection)].join('\n')
}

export function writeSection({ title, figures, notes }: Section): string[] {
  return [
    `## ${title}`,
    '',
    '| | Median | Lowest to highest | Target |',
    '|---|---|---|---|',
    ...figures.map(writeFigure),
    '',
    ...notes.flatMap((note) => [note, '']),
  ]
}

function writeFigure({ title, values, show, target = '' }: Figure): string {
  const words = [title, show(median(values)), `${show(Math.min(...values))} to ${show(Math.max(...values))}`, target]
  return `| ${words.join(' | ')} |`.replaceAll('|  |', '| |')
}
