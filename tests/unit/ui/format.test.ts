import { afterEach, describe, expect, it, vi } from 'vitest'
import { GiB, KiB, MiB, TiB } from '#shared/limits'
import { displayName } from '~/composables/displayName'
import { formatFor, prepareFormat } from '~/composables/format'

const english = formatFor('en')
const chinese = formatFor('zh-CN')

describe('formatFor', () => {
  it.each([
    [0, '0\u00A0B'],
    [1023, '1,023\u00A0B'],
    [KiB, '1\u00A0KiB'],
    [MiB - 1, '1,024\u00A0KiB'],
    [5.25 * MiB, '5.3\u00A0MiB'],
    [1.5 * GiB, '1.50\u00A0GiB'],
    [48.8 * TiB, '48.80\u00A0TiB'],
  ])('shows %d bytes in binary units', (bytes, words) => {
    expect(english.bytes(bytes)).toBe(words)
  })

  it.each([
    [400, '400\u00A0B/s'],
    [1_000, '1\u00A0kB/s'],
    [99_000, '99\u00A0kB/s'],
    [100_000, '0.1\u00A0MB/s'],
    [12_340_000, '12.3\u00A0MB/s'],
    [1_250_000_000, '1,250.0\u00A0MB/s'],
  ])('shows %d bytes a second in decimal units, as the speed limit is set', (speed, words) => {
    expect(english.speed(speed)).toBe(words)
  })

  it('never shows 100 % before all is there', () => {
    expect(english.percent(0.9999)).toBe('99%')
    expect(english.percent(1)).toBe('100%')
  })

  it.each([
    [0.2, '1 sec', '1秒'],
    [40, '40 sec', '40秒'],
    [59.7, '1 min', '1分钟'],
    [150, '3 min', '3分钟'],
    [3600, '1 hr', '1小时'],
    [7500, '2 hr 5 min', '2小时 5分钟'],
    [100 * 3600, '4 days 4 hr', '4天 4小时'],
  ])('says roughly how long %d seconds are', (seconds, inEnglish, inChinese) => {
    expect(english.duration(seconds)).toBe(inEnglish)
    expect(chinese.duration(seconds)).toBe(inChinese)
  })
})

describe('prepareFormat', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each([['fr', false], ['de', true]])('leaves Intl nothing to make for a file that is sent and arrives (%s, prepared: %s)', (locale, isPrepared) => {
    const format = formatFor(locale)
    if (isPrepared) prepareFormat(format)
    const { NumberFormat, DateTimeFormat } = Intl
    const makers = [
      vi.spyOn(Intl, 'NumberFormat').mockImplementation(function (...settings) { return new NumberFormat(...settings) }),
      vi.spyOn(Intl, 'DateTimeFormat').mockImplementation(function (...settings) { return new DateTimeFormat(...settings) }),
    ]
    format.bytes(0)
    format.bytes(5 * MiB)
    format.percent(0.5)
    for (const speed of [500, 50_000, 20_000_000]) format.speed(speed)
    for (const seconds of [30, 90, 7500]) format.duration(seconds)
    format.count(12)
    format.dateTime(1_800_000_000_000)
    for (const maker of makers) expect(maker.mock.calls.length === 0).toBe(isPrepared)
  })
})

describe('displayName', () => {
  it('takes away what could turn the order of letters around', () => {
    expect(displayName('invoice\u202Egpj.exe')).toBe('invoice\uFFFDgpj.exe')
    expect(displayName('\u2066a\u2069')).toBe('\uFFFDa\uFFFD')
  })

  it('takes away control characters and line breaks', () => {
    expect(displayName('a\r\nb\u0000c\u2028d')).toBe('a\uFFFD\uFFFDb\uFFFDc\uFFFDd')
  })

  it('leaves emoji, joiners and right-to-left names as they are', () => {
    for (const name of ['👩‍🚀.png', 'תמונה.jpg', 'क्‍ष.txt', '../"quoted".txt']) expect(displayName(name)).toBe(name)
  })
})
