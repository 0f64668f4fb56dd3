export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** What a line says beside its message. Never a name, key, address or anything that opens something. */
export type LogFacts = Record<string, string | number | boolean | undefined>

interface LogSettings {
  /** Lines below it are dropped. */
  level: LogLevel
  /** For eyes instead of machines. */
  isReadable: boolean
}

/** Until the configuration has been read. */
let settings: LogSettings = { level: 'info', isReadable: false }

export function setUpLog(wanted: LogSettings): void {
  settings = wanted
}

/** The server's one way to its log: a line of JSON, errors and warnings on standard error, the rest on standard output. */
export function log(level: Exclude<LogLevel, 'silent'>, message: string, facts: LogFacts = {}): void {
  if (logLevels.indexOf(level) < logLevels.indexOf(settings.level)) return
  const line = settings.isReadable ? readableLine(level, message, facts) : JSON.stringify({ time: new Date().toISOString(), level, message, ...facts })
  // eslint-disable-next-line no-console
  if (level === 'error' || level === 'warn') console.error(line)
  // eslint-disable-next-line no-console
  else console.log(line)
}

function readableLine(level: LogLevel, message: string, facts: LogFacts): string {
  const told = Object.entries(facts).filter(([, value]) => value !== undefined).map(([name, value]) => ` ${name}=${value}`)
  return `${new Date().toTimeString().slice(0, 8)} ${level.padEnd(5)} ${message}${told.join('')}`
}
