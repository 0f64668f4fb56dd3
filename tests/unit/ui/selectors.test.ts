import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** What finds something on a page by what is written there: the words of one language. */
const byWords = [
  /getBy(?:Text|Label|Placeholder|Title|AltText)\(/,
  /hasText|hasNotText|:has-text\(|:text(?:-is|-matches)?\(|['"`]text=/,
  /getByRole\([^)]*\bname:/,
  /\[(?:aria-label|title|placeholder)[~|^$*]?=["'](?!\$\{)/,
]

it('tests find what is on a page by roles and test ids, never by words', () => {
  const files = ['tests', 'bench', 'scripts'].flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  const found = files.filter((path) => path.endsWith('.ts') && !path.endsWith('selectors.test.ts')).flatMap((path) =>
    readFileSync(path, 'utf8').split('\n').flatMap((line, index) => byWords.some((pattern) => pattern.test(line)) ? `${path}:${index + 1}: ${line.trim()}` : []))
  expect(found).toEqual([])
})
