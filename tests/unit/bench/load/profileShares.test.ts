import { expect, it } from 'vitest'
import { profileShares } from '~/bench/load/profileShares'

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0, columnNumber: 0 })

it('counts what Node does for whoever called it, and leaves the rest between calls out', () => {
  const shares = profileShares({
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3, 5, 7] },
      { id: 2, callFrame: frame('(idle)') },
      { id: 3, callFrame: frame('sign', 'file:///site/nitro.mjs'), children: [4] },
      { id: 4, callFrame: frame('createHmac', 'node:crypto') },
      { id: 5, callFrame: frame('send', 'file:///site/node_modules/@smithy/core/index.js'), children: [6] },
      { id: 6, callFrame: frame('writev') },
      { id: 7, callFrame: frame('(garbage collector)') },
    ],
    samples: [2, 3, 4, 5, 6, 7, 1],
    timeDeltas: [1000, 10, 30, 20, 10, 20, 10],
  }, (url) => (url.endsWith('nitro.mjs') ? '/../../server/utils/s3/partSigner.ts' : undefined))
  expect(shares).toEqual([
    { name: 'server/utils/s3', share: 0.4 },
    { name: '@smithy/core', share: 0.3 },
    { name: 'garbage collector', share: 0.2 },
    { name: 'Node itself', share: 0.1 },
  ])
})
