import { isErrorCode } from '#shared/errors'
import type { LoggedEvent, PartSnapshot, UploaderSettings, UploadSnapshot } from '~/uploader/engine/types'
import { countLooks } from './partLooks'

/** All that the text is made of. */
export interface Diagnosis {
  upload: UploadSnapshot
  events: readonly LoggedEvent[]
  parts: readonly PartSnapshot[]
  settings: Readonly<UploaderSettings>
  /** Which build of the page this is. */
  build: string
  browser: { userAgent: string, language: string, onLine: boolean }
  /** Milliseconds since 1970. */
  madeAt: number
}

const mostParts = 20

/**
 * What happened to an upload, as text for whoever looks for a cause: in the code's own words, whatever the page speaks. It may
 * be shown to anybody. Of what the app knows nothing gets in but numbers, states and codes; all that is free text is the
 * file's name and what the browser says of itself.
 */
export function diagnosticsText({ upload, events, parts, settings, build, browser, madeAt }: Diagnosis): string {
  const { state } = upload
  const lines: [name: string, value: string][] = [
    ['made', time(madeAt)],
    ['build', identifier(build)],
    ['browser', quoted(browser.userAgent)],
    ['', facts({ onLine: browser.onLine, language: browser.language.split('-')[0]?.toLowerCase() })],
    ['file', `${quoted(upload.fileName)} ${word(upload.fileBytes)} bytes`],
    ['upload', `${identifier(upload.id)} added ${time(upload.addedAt)}`],
    ['state', facts({
      status: state.status,
      ...(state.status === 'waiting' && { reason: state.reason }),
      ...(state.status === 'failed' && { code: state.code }),
      refusal: upload.refusal,
      hasFile: upload.hasFile,
      isElsewhere: upload.isElsewhere,
      isFromAnotherDevice: upload.isFromAnotherDevice,
    })],
    ['bytes', facts({ sent: upload.sentBytes, stored: upload.storedBytes, proven: upload.provenBytes, toProve: upload.bytesToProve, hashed: upload.hashedBytes, aSecond: upload.bytesPerSecond && Math.round(upload.bytesPerSecond) })],
    ['parts', facts({ count: upload.partCount, bytes: upload.partBytes, ...countLooks(parts) })],
    ...troubled(parts).map((part): [string, string] => ['', facts({ part: part.partNumber, status: part.status, tries: part.tries, lastError: part.lastError })]),
    ['settings', facts({ ...settings })],
  ]
  const first = events[0]?.elapsedMs ?? 0
  return [
    'Lading diagnostics',
    ...lines.map(([name, value]) => `${name.padEnd(9)} ${value}`),
    '',
    `The last ${events.length} events`,
    ...events.map(({ at, elapsedMs, type, ...event }) => `${time(at)} ${`+${seconds(elapsedMs - first)}`.padStart(10)} ${word(type)} ${facts(event)}`),
    '',
  ].join('\n')
}

/** The parts with most trouble. */
function troubled(parts: readonly PartSnapshot[]): PartSnapshot[] {
  return parts.filter(({ lastError, tries }) => lastError !== undefined || tries > 1).sort((one, other) => other.tries - one.tries).slice(0, mostParts)
}

/** `name=value` for all that is known. */
function facts(values: object): string {
  return Object.entries(values).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${word(value)}`).join(' ')
}

/** Numbers, yes and no, and short words such as states and codes have no secrets; anything else is not shown. */
function word(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return isErrorCode(value) || (typeof value === 'string' && /^[a-z_]{1,20}$/.test(value)) ? value : '?'
}

function identifier(id: string): string {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : '?'
}

/** On one line, whatever is in it. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007F-\u009F\u2028\u2029]/g, '?')
}

function time(timestamp: number): string {
  return Number.isFinite(timestamp) && Math.abs(timestamp) <= 8.64e15 ? new Date(timestamp).toISOString() : '?'
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
