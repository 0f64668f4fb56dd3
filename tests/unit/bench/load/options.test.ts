import { expect, it } from 'vitest'
import { readOptions } from '~/bench/load/options'

it('takes rising numbers and a store that there is, and nothing else', () => {
  expect(readOptions(['--store', 'local', '--clients', '5,10', '--asking', '100', '--seconds', '7'])).toEqual({ store: 'local', clients: [5, 10], asking: [100], seconds: 7 })
  expect(readOptions([]).store).toBeUndefined()
  for (const wrong of [['--store', 'minio'], ['--clients', '10,5'], ['--clients', '0'], ['--asking', 'many'], ['--seconds', '0']]) {
    expect(() => readOptions(wrong)).toThrow('npm run load')
  }
})
