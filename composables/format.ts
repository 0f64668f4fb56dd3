import { GiB, kB, KiB, MB, MiB, TiB } from '#shared/limits'

/** Words for numbers in one language. Sizes in binary units, because part sizes are set in MiB; speeds in decimal ones, as links are sold and the limit is set. */
export interface Format {
  /** `1.50 GiB`. The number of decimals depends on the unit alone, so that a growing number keeps its width. */
  bytes(bytes: number): string
  /** `12.3 MB/s`. */
  speed(bytesPerSecond: number): string
  /** Rounded down: 100 % means all of it. Takes 0 to 1. */
  percent(progress: number): string
  /** `2 hr 5 min`, `3 min`, `40 sec`: rough, so that it can be read while it changes. */
  duration(seconds: number): string
  count(count: number): string
  /** Date and time of milliseconds since 1970. */
  dateTime(timestamp: number): string
  /** Day of milliseconds since 1970. */
  day(timestamp: number): string
}

/** Between a number and its unit, which stay on one line: Chinese text breaks anywhere. */
const noBreak = '\u00A0'

const made = new Map<string, Format>()

/** Intl formatters take milliseconds to make, so each language has one set, and each of it is made when it is first needed. */
export function formatFor(locale: string): Format {
  const format = made.get(locale) ?? createFormat(locale)
  made.set(locale, format)
  return format
}

/** Makes ahead what the words of a file that is sent and arrives need: the first number and the first date take Intl more than ten milliseconds each. */
export function prepareFormat(format: Format): void {
  for (const size of [0, KiB, MiB, GiB]) format.bytes(size)
  for (const speed of [0, MB]) format.speed(speed)
  for (const seconds of [1, 60, 3600]) format.duration(seconds)
  format.percent(0)
  format.count(0)
  format.dateTime(0)
  format.day(0)
}

function createFormat(locale: string): Format {
  const percents = lazily(() => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }))
  const counts = lazily(() => new Intl.NumberFormat(locale))
  const dateTimes = lazily(() => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }))
  const days = lazily(() => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }))
  const bytes = createByteWords(locale)

  return {
    bytes,
    speed: createSpeedWords(locale),
    percent: (progress) => percents().format(Math.floor(progress * 100) / 100),
    duration: createDurationWords(locale),
    count: (count) => counts().format(count),
    dateTime: (timestamp) => dateTimes().format(timestamp),
    day: (timestamp) => days().format(timestamp),
  }
}

function createByteWords(locale: string): (bytes: number) => string {
  const [smallest, ...larger] = [numbers('B', 1, 0), numbers('KiB', KiB, 0), numbers('MiB', MiB, 1), numbers('GiB', GiB, 2), numbers('TiB', TiB, 2)] as const

  function numbers(name: string, size: number, decimals: number) {
    return { name, size, words: lazily(() => new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })) }
  }

  return (bytes) => {
    const { name, size, words } = larger.findLast((unit) => bytes >= unit.size) ?? smallest
    return `${words().format(bytes / size)}${noBreak}${name}`
  }
}

function createSpeedWords(locale: string): (bytesPerSecond: number) => string {
  const whole = lazily(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }))
  const tenths = lazily(() => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }))
  return (bytesPerSecond) => {
    if (bytesPerSecond < kB) return `${whole().format(bytesPerSecond)}${noBreak}B/s`
    if (bytesPerSecond < MB / 10) return `${whole().format(bytesPerSecond / kB)}${noBreak}kB/s`
    return `${tenths().format(bytesPerSecond / MB)}${noBreak}MB/s`
  }
}

function createDurationWords(locale: string): (seconds: number) => string {
  const [days, hours, minutes, seconds] = [words('day'), words('hour'), words('minute'), words('second')]

  function words(unit: string) {
    return lazily(() => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }))
  }

  function pair(amount: number, size: number, larger: () => Intl.NumberFormat, smaller: () => Intl.NumberFormat): string {
    const rest = amount % size
    return larger().format(Math.floor(amount / size)) + (rest > 0 ? ` ${smaller().format(rest)}` : '')
  }

  return (exact) => {
    if (exact < 59.5) return seconds().format(Math.max(1, Math.round(exact)))
    const wholeMinutes = Math.round(exact / 60)
    if (wholeMinutes < 60) return minutes().format(wholeMinutes)
    if (wholeMinutes < 24 * 60) return pair(wholeMinutes, 60, hours, minutes)
    return pair(Math.round(wholeMinutes / 60), 24, days, hours)
  }
}

function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => made ??= make()
}
