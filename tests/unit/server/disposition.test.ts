import { describe, expect, it } from 'vitest'
import { safeContentType } from '~/server/utils/contentType'
import { attachment } from '~/server/utils/disposition'

const exactOf = (header: string) => decodeURIComponent(/filename\*=UTF-8''(\S+)$/.exec(header)?.[1] ?? '')

describe('attachment', () => {
  it.each([
    'plain.txt', 'Grüße.pdf', '😀 emoji.zip', '../../etc/passwd', 'a"b\\c.txt', 'cr\r\nlf: x.txt', 'nul\0.bin', '\u202Etxt.exe', '%2e%2e%2f.txt', '(a)*\'b\'.txt', 'CON', 'x. ', ';=,.txt',
  ])('keeps the name %j whole, in one line of ASCII', (name) => {
    const header = attachment(name)
    expect(header).toMatch(/^attachment; filename="[\x20-\x21\x23-\x5B\x5D-\x7E]+"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+$/)
    expect(exactOf(header)).toBe(name)
  })

  it('takes a broken surrogate', () => {
    expect(exactOf(attachment('a\uD800b'))).toBe('a\uFFFDb')
  })

  it('keeps 255 characters whole, and of a longer name beginning and extension', () => {
    const whole = '😀'.repeat(255)
    expect(exactOf(attachment(whole))).toBe(whole)
    expect(exactOf(attachment(`${'x'.repeat(1000)}.tar`))).toBe(`${'x'.repeat(251)}.tar`)
  })
})

describe('safeContentType', () => {
  it('lets through what no browser runs, and makes plain bytes of everything else', () => {
    expect(safeContentType(' Video/MP4')).toBe('video/mp4')
    for (const type of ['text/html', 'image/svg+xml', 'application/xml', 'text/javascript', 'application/xhtml+xml', 'image/png; x=y', 'image/png\r\nx: y', '']) {
      expect(safeContentType(type)).toBe('application/octet-stream')
    }
  })
})
