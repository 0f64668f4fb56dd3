import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A language of the page, as @nuxtjs/i18n takes it: that wants a type with any number of keys, which no interface is. */
export type Language = {
  /** As browsers ask for it: `en`, `zh-CN`. */
  code: string
  language: string
  /** What it is called in itself. */
  name: string
  dir: 'ltr' | 'rtl'
  file: string
}

/** Scripts that are written from right to left and that languages of today use (Unicode Standard Annex 24). */
const rightToLeft = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa', 'Yezi'])

/**
 * Each catalogue in the folder is a language that people can choose, named by its file: `fr.json`, `zh-CN.json`. It may
 * say in `language.name` what the language is called; else Unicode's own name for it is taken.
 */
export function readLanguages(folder = fileURLToPath(new URL('locales', import.meta.url))): Language[] {
  return readdirSync(folder).filter((file) => file.endsWith('.json')).sort().map((file) => {
    const code = file.slice(0, -'.json'.length)
    const { language } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { language?: { name?: string } }
    const name = language?.name ?? new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code
    return { code, language: code, name, dir: directionOf(code), file }
  })
}

function directionOf(code: string): 'ltr' | 'rtl' {
  return rightToLeft.has(new Intl.Locale(code).maximize().script ?? '') ? 'rtl' : 'ltr'
}
