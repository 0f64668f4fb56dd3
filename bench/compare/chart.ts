import type { Row } from './rows'
import type { Group, Spread } from './statistics'
import { links } from './links'
import { groupUploads } from './statistics'
import { subjectNamed, subjects } from './subjects'

const width = 900
const labelWidth = 250
const barHeight = 18
const gap = 6
const headHeight = 34
/** What is longer is cut off, with a notch near its end, and its number stands beside it. */
const longestRatio = 3

/** One bar for each uploader on each link: its time over that of bare requests. Where nothing arrived, words stand in its place. */
export function drawChart(rows: readonly Row[]): string {
  const order = subjects.map(({ name }) => name)
  const groups = groupUploads(rows).filter(({ link, fileBytes }) => fileBytes === links[link as keyof typeof links].fileBytes)
  const names = [...new Set(groups.map(({ link }) => link))].sort()
  const lines: string[] = []
  let y = 10
  for (const link of names) {
    lines.push(text(0, y + 16, `Link ${link}: ${links[link as keyof typeof links].title}`, 'head'))
    y += headHeight
    const members = groups.filter((group) => group.link === link).sort((one, other) => order.indexOf(one.subject) - order.indexOf(other.subject))
    const top = y
    const values: string[] = []
    for (const group of members) {
      lines.push(...bar(group, y))
      values.push(value(group, y))
      y += barHeight + gap
    }
    const one = labelWidth + scale(1)
    lines.push(`<line x1="${one}" x2="${one}" y1="${top - 4}" y2="${y}" class="one"/>`, ...values)
    y += 14
  }
  const style = 'text{font:13px system-ui,sans-serif;fill:#1f2937}.head{font-weight:600}.value{fill:#4b5563;stroke:#fff;stroke-width:4px;paint-order:stroke}.ours{fill:#0f766e}.peer{fill:#94a3b8}.raw{fill:#cbd5e1}.one{stroke:#1f2937;stroke-dasharray:3 3}.back{fill:#fff}.notch{stroke:#fff;stroke-width:3px}'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 10}" width="${width}" height="${y + 10}" role="img" aria-label="Time of each uploader over that of bare XHR">`,
    `<style>${style}</style><rect class="back" width="100%" height="100%"/>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n')
}

function bar({ subject, ratio }: Group, y: number): string[] {
  const label = text(0, y + 13, subjectNamed(subject).title)
  if (!ratio) return [label]
  const kind = subject === 'raw' ? 'raw' : subject.startsWith('lading') ? 'ours' : 'peer'
  const length = lengthOf(ratio)
  const notchAt = labelWidth + length - 24
  return [
    label,
    `<rect x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" rx="3" class="${kind}"/>`,
    ...ratio.median > longestRatio ? [`<line x1="${notchAt}" x2="${notchAt + 8}" y1="${y + barHeight}" y2="${y}" class="notch"/>`] : [],
  ]
}

function value({ ratio, rows }: Group, y: number): string {
  return ratio
    ? text(labelWidth + lengthOf(ratio) + 6, y + 13, ratio.median.toFixed(2), 'value')
    : text(labelWidth + 4, y + 13, `none of ${rows.length} arrived`, 'value')
}

function lengthOf({ median }: Spread): number {
  return scale(Math.min(longestRatio, median))
}

function scale(ratio: number): number {
  return Math.round(ratio / longestRatio * (width - labelWidth - 60))
}

function text(x: number, y: number, words: string, kind = ''): string {
  return `<text x="${x}" y="${y}"${kind && ` class="${kind}"`}>${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`
}
