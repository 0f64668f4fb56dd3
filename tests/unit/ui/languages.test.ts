import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readLanguages } from '~/i18n/languages'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-locales-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

const drop = (file: string, catalogue: object) => writeFileSync(join(folder, file), JSON.stringify(catalogue))

it('a catalogue that is dropped in is a language, called as it says or as Unicode knows it, in its direction', () => {
  drop('fr.json', {})
  drop('zh-CN.json', { language: { name: '简体中文' } })
  drop('ar.json', {})
  drop('uz-Arab.json', {})
  drop('he.json', { language: {} })
  writeFileSync(join(folder, 'notes.txt'), '')
  expect(readLanguages(folder)).toEqual([
    { code: 'ar', language: 'ar', name: 'العربية', dir: 'rtl', file: 'ar.json' },
    { code: 'fr', language: 'fr', name: 'français', dir: 'ltr', file: 'fr.json' },
    { code: 'he', language: 'he', name: 'עברית', dir: 'rtl', file: 'he.json' },
    { code: 'uz-Arab', language: 'uz-Arab', name: expect.any(String), dir: 'rtl', file: 'uz-Arab.json' },
    { code: 'zh-CN', language: 'zh-CN', name: '简体中文', dir: 'ltr', file: 'zh-CN.json' },
  ])
})

it('ours are those that the page offers', () => {
  expect(readLanguages()).toEqual(expect.arrayContaining([
    { code: 'en', language: 'en', name: 'English', dir: 'ltr', file: 'en.json' },
    { code: 'zh-CN', language: 'zh-CN', name: '简体中文', dir: 'ltr', file: 'zh-CN.json' },
  ]))
})
