import { describe, expect, it } from 'vitest'
import { providerTraits } from '~/server/utils/providers'
import { newFile } from '~/tests/contract/lab'
import { partBytes, useSecurityWorld } from './support/securityWorld'

const world = useSecurityWorld({ env: { NUXT_MAX_FILE_BYTES: '1000000' } })

/** As JSON, for some of them can't be written otherwise. */
async function initiateWith(field: 'fileBytes' | 'partBytes', value: string) {
  const body = JSON.stringify({ ...newFile(10, partBytes).request, [field]: 'HERE' }).replace('"HERE"', value)
  return await world.first.call('/api/upload/initiate', undefined, { method: 'POST', body })
}

describe.each(['fileBytes', 'partBytes'] as const)('%s', (field) => {
  it.each(['-1', '1.5', '1e309', '-1e309', '"5"', '9007199254740992', 'null', '[]', '{}', 'true', '1e-1'])('is refused as %s, and nothing is opened', async (value) => {
    const answer = await initiateWith(field, value)
    expect(answer.json).toMatchObject({ code: 'invalid_request', message: expect.stringContaining(field) })
    expect(answer.status).toBe(400)
    expect(await world.store.keys()).toEqual([])
    expect(await world.store.openMultipartUploads()).toBe(0)
  })
})

it.each([1_000_001, providerTraits.aws.limits.maxFileBytes + 1, Number.MAX_SAFE_INTEGER])('a file of %d bytes is too large, and nothing is opened', async (fileBytes) => {
  const answer = await initiateWith('fileBytes', String(fileBytes))
  expect(answer.json).toMatchObject({ code: 'file_too_large' })
  expect(answer.status).toBe(413)
  expect(await world.store.keys()).toEqual([])
  expect(await world.store.openMultipartUploads()).toBe(0)
})

it.each([0, 1_000_000])('a file of %d bytes is taken', async (fileBytes) => {
  expect((await initiateWith('fileBytes', String(fileBytes))).json).toMatchObject({ state: 'open' })
})
