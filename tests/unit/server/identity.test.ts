import { webcrypto } from 'node:crypto'
import { identityKey, identityMessage, identitySignature } from '#shared/identity'
import { ownerOfIdentity } from '~/server/utils/identity'
import { describe, expect, it } from 'vitest'

const host = 'files.example'
const now = Date.UTC(2026, 10, 22)

async function makeIdentity({ signedFor = host, signedAt = now, keys = undefined as webcrypto.CryptoKeyPair | undefined } = {}) {
  const { publicKey, privateKey } = keys ?? await webcrypto.subtle.generateKey(identityKey, false, ['sign', 'verify'])
  const base64 = (bytes: ArrayBuffer) => Buffer.from(bytes).toString('base64')
  return {
    publicKey: base64(await webcrypto.subtle.exportKey('spki', publicKey)),
    signedAt,
    signature: base64(await webcrypto.subtle.sign(identitySignature, privateKey, identityMessage(signedFor, signedAt))),
  }
}

describe('the owner that a browser proves to be', () => {
  it('is always the same for one key, and another for every other', async () => {
    const keys = await webcrypto.subtle.generateKey(identityKey, false, ['sign', 'verify'])
    const first = await ownerOfIdentity(await makeIdentity({ keys }), host, now)
    const later = await ownerOfIdentity(await makeIdentity({ keys, signedAt: now + 1000 }), host, now + 2000)
    const stranger = await ownerOfIdentity(await makeIdentity(), host, now)
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    expect(later).toBe(first)
    expect(stranger).not.toBe(first)
  })

  it('is nobody for a signature made for another site, on another day, by another key, or of no key at all', async () => {
    const mine = await makeIdentity()
    const theirs = await makeIdentity()
    expect(await ownerOfIdentity(await makeIdentity({ signedFor: 'evil.example' }), host, now)).toBeUndefined()
    expect(await ownerOfIdentity(mine, host, now + 25 * 60 * 60 * 1000)).toBeUndefined()
    expect(await ownerOfIdentity({ ...mine, signedAt: mine.signedAt + 1 }, host, now)).toBeUndefined()
    expect(await ownerOfIdentity({ ...mine, publicKey: theirs.publicKey }, host, now)).toBeUndefined()
    expect(await ownerOfIdentity({ ...mine, publicKey: 'AAAA' }, host, now)).toBeUndefined()
  })
})
