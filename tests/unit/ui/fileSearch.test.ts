import { expect, it } from 'vitest'
import { matchesSearch } from '~/stores/fileSearch'

const file = { fileName: 'Harbour at Dawn.mov', relativePath: 'Films/2026', sha256: `3fa9${'0'.repeat(60)}` }

it.each(['dawn', 'FILMS', 'films/2026/harb', '  dawn ', '3fa9', '3FA90', ''])('a file is found by %j', (search) => {
  expect(matchesSearch(file, search)).toBe(true)
})

it.each(['fa9', 'dawn.mp4', '2025', '*', '.*'])('and not by %j', (search) => {
  expect(matchesSearch(file, search)).toBe(false)
  expect(matchesSearch({ fileName: file.fileName }, '3fa9')).toBe(false)
})
