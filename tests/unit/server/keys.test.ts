import { describe, expect, it } from 'vitest'
import { assertKey, assertPrefix, assertRoot, dataKey, doneKey, donePrefix, isCursor, openKey, openPrefix, parseDataKey, parseDoneKey, parseOpenKey, parsePrintKey, partsKey, printKey, printPrefix, receiptKey, recordKey } from '~/server/utils/keys'

const owner = '0123456789abcdef0123456789abcdef'
const id = '11111111-2222-4333-8444-555555555555'
const fingerprint = 'ab'.repeat(32)

describe('keys', () => {
  it('builds keys that fit the layout and can be read back', () => {
    const file = { id, fileBytes: 53_687_091_200_000, completedAt: 1_795_362_390_000 }
    for (const key of [recordKey(owner, id), receiptKey(owner, id), partsKey(owner, id), dataKey(owner, id), openKey(owner, file), doneKey(owner, file), printKey(owner, fingerprint, id)]) {
      expect(assertKey(key)).toBe(key)
    }
    expect(parseOpenKey(openKey(owner, file))).toEqual({ owner, id, fileBytes: file.fileBytes })
    expect(parseDataKey(dataKey(owner, id))).toEqual({ owner, id })
    expect(parseDoneKey(doneKey(owner, file))).toEqual(file)
    expect(parsePrintKey(printKey(owner, fingerprint, id))).toBe(id)
    expect(isCursor(doneKey(owner, file).slice(donePrefix(owner).length))).toBe(true)
    for (const prefix of [openPrefix(owner), donePrefix(owner), printPrefix(owner, fingerprint)]) expect(assertPrefix(prefix)).toBe(prefix)
  })

  it('lists over all owners where the reaper does, and nowhere else', () => {
    for (const root of ['open/', 'data/'] as const) expect(assertRoot(root)).toBe(root)
    for (const root of ['', 'records/', 'open', `open/${owner}/`]) expect(() => assertRoot(root as 'open/')).toThrow()
    for (const stranger of ['data/x', `data/${owner}`, `data/${owner}/${id}.bak`, `x/data/${owner}/${id}`]) expect(parseDataKey(stranger)).toBeUndefined()
  })

  it('sorts the newest file first', () => {
    const at = (completedAt: number) => doneKey(owner, { id, fileBytes: 1, completedAt })
    expect([at(1_000), at(1_795_362_390_000), at(1_795_362_391_000)].sort()).toEqual([at(1_795_362_391_000), at(1_795_362_390_000), at(1_000)])
  })

  it('refuses every key and prefix that is not the layout\'s own', () => {
    const hostile = ['', '/', `data/${owner}/../x`, `data/${owner}/${id}/x`, `data/${owner}/${id}\n`, `data/${owner}/%2e%2e`, `data/${owner}x/${id}`, `records/${owner}/${id}`, `open/${owner}/${id}~-1`, `open/${owner}/${id}~01`, `other/${owner}/${id}`, `data/${owner.toUpperCase()}/${id}`]
    for (const key of hostile) expect(() => assertKey(key)).toThrow()
    for (const prefix of ['', 'open/', `data/${owner}/`, `open/${owner}`, `open/${owner}/x`, `prints/${owner}/`]) expect(() => assertPrefix(prefix)).toThrow()
    for (const cursor of ['', '../x', `${id}~1`, `0000000000000-${id}~1/`]) expect(isCursor(cursor)).toBe(false)
  })
})
