import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '~/i18n/locales/en.json'
import { flatten } from '~/tests/support/catalogues'

/** Where words are shown. */
const folders = ['components', 'composables', 'pages', 'stores', 'plugins']
const sources = [
  ...folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))),
  'app.vue',
  'error.vue',
].filter((path) => /\.(?:vue|ts)$/.test(path)).map((path) => ({ path, text: readFileSync(path, 'utf8') }))

/** Read by `i18n/languages.ts`, which lists the languages. */
const ofTheCatalogueItself = 'language.name'
const keys = Object.keys(flatten(en)).filter((key) => key !== ofTheCatalogueItself)
const literal = /'([^'\n]*)'|`([^`\n]*)`/g

/** What a literal names: one key, or with `${…}` in it all that fit, whatever is filled in. */
function namedBy(written: string): string[] {
  if (!written.includes('${')) return keys.filter((key) => key === written)
  const escaped = written.split(/\$\{[^}]*\}/).map((text) => text.replaceAll('.', '\\.')).join('[\\w-]+')
  return /\.\$\{|\}\./.test(written) ? keys.filter((key) => new RegExp(`^${escaped}$`).test(key)) : []
}

/** First arguments of all calls of `t`, as they are written. */
function askedFor(text: string): string[] {
  return [...text.matchAll(/\bt\(/g)].map(({ index }) => {
    let depth = 0
    for (let at = index + 2; at < text.length; at++) {
      const sign = text.charAt(at)
      if ('([{'.includes(sign)) depth += 1
      else if (')]}'.includes(sign)) depth -= 1
      if (depth < 0 || (depth === 0 && sign === ',')) return text.slice(index + 2, at)
    }
    throw new Error(`A call without an end: ${text.slice(index, index + 80)}`)
  })
}

describe('the catalogue', () => {
  it('has a message for whatever is asked of it', () => {
    const missing = sources.flatMap(({ path, text }) => askedFor(text).flatMap((argument) => {
      // What is compared with, as in `t(mode === 'open' ? …)`, is no key.
      const literals = [...argument.replaceAll(/[!=]==\s*'[^']*'/g, '').matchAll(literal)].map(([, plain, template]) => plain ?? template ?? '')
      return literals.filter((written) => namedBy(written).length === 0).map((written) => `${path}: ${written}`)
    }))
    expect(missing).toEqual([])
  })

  it('has no message that nobody asks for', () => {
    const used = new Set(sources.flatMap(({ text }) => [...text.matchAll(literal)].flatMap(([, plain, template]) => namedBy(plain ?? template ?? ''))))
    expect(keys.filter((key) => !used.has(key))).toEqual([])
  })
})
