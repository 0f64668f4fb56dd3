import { expect, it } from 'vitest'
import { MiB } from '#shared/limits'
import { bodyKindFor, memoryBytesFor } from '~/uploader/adapters/browserTraits'

it.each([
  ['Google Inc.', 'slice'],
  ['', 'slice'],
  ['Apple Computer, Inc.', 'bytes'],
])('a browser of vendor "%s" is sent parts as %s', (vendor, bodies) => {
  expect(bodyKindFor({ vendor, hardwareConcurrency: 8 })).toBe(bodies)
})

it.each([
  ['2 GiB', { deviceMemory: 2, hardwareConcurrency: 8 }, 64 * MiB],
  ['half a GiB', { deviceMemory: 0.5, hardwareConcurrency: 4 }, 64 * MiB],
  ['4 GiB and 2 cores', { deviceMemory: 4, hardwareConcurrency: 2 }, undefined],
  ['4 cores and an unknown memory', { hardwareConcurrency: 4 }, 64 * MiB],
  ['8 cores and an unknown memory', { hardwareConcurrency: 8 }, undefined],
])('a device with %s gets the memory that it can spare for parts', (_, traits, bytes) => {
  expect(memoryBytesFor({ vendor: '', ...traits })).toBe(bytes)
})
