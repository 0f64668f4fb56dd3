import type { AccessConfig } from '~/server/utils/config/access'
import { describe, expect, it } from 'vitest'
import { subjectOf } from '~/server/utils/access/idToken'
import { isAllowed, ownerOfPerson } from '~/server/utils/access/person'
import { personOfGitHub, personOfGoogle, personOfOpenid } from '~/server/utils/access/profiles'
import { nameOfPasscode, stands } from '~/server/utils/access/standing'

const issuer = 'https://id.example.org'
const now = Date.UTC(2026, 10, 26)
const claims = { iss: issuer, sub: 'ann-7', aud: 'lading', exp: now / 1000 + 300 }
const expected = { issuer, clientId: 'lading', now }
const tokenOf = (payload: unknown) => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature`

describe('the owner of a person', () => {
  const ann = personOfOpenid({ sub: 'ann-7', name: 'Ann', email: 'ann@example.org', email_verified: true }, tokenOf(claims), expected)

  it('is 128 bits in hex, the same whenever and wherever she signs in, whatever she is called by then', () => {
    const later = personOfOpenid({ sub: 'ann-7', name: 'Ann Sailor', email: 'sailor@example.com' }, tokenOf(claims), expected)
    expect(ownerOfPerson(ann)).toMatch(/^[0-9a-f]{32}$/)
    expect(ownerOfPerson(later)).toBe(ownerOfPerson(ann))
  })

  it('is another one for another subject, issuer or provider, be the address the same', () => {
    const others = [
      { ...ann, subject: 'ann-8' },
      { ...ann, issuer: 'https://id.example.com' },
      personOfGoogle({ sub: 'ann-7', email: 'ann@example.org', email_verified: true }),
      personOfGitHub({ id: 7, login: 'ann' }, [{ email: 'ann@example.org', verified: true }]),
      // What only looks the same when it is strung together.
      { ...ann, issuer: `${issuer}ann`, subject: '-7' },
    ]
    expect(new Set([ann, ...others].map(ownerOfPerson)).size).toBe(6)
  })

  it('of GitHub is the account\'s number, not its login', () => {
    expect(ownerOfPerson(personOfGitHub({ id: 7, login: 'ann' }, []))).toBe(ownerOfPerson(personOfGitHub({ id: 7, login: 'sailor' }, [])))
    expect(() => personOfGitHub({ login: 'ann' }, [])).toThrow()
  })
})

describe('an ID token', () => {
  it.each([
    ['of another issuer', { ...claims, iss: 'https://evil.example.org' }],
    ['for another site', { ...claims, aud: ['other'] }],
    ['of an hour ago', { ...claims, exp: now / 1000 - 3600 }],
    ['of nobody', { ...claims, sub: '' }],
  ])('%s is refused', (_, payload) => {
    expect(() => subjectOf(tokenOf(payload), expected)).toThrow()
  })

  it('that is missing or no token is refused', () => {
    for (const token of [undefined, '', 'x', 'a.b.c']) expect(() => subjectOf(token, expected)).toThrow()
  })

  it('is not mixed with what the provider tells of somebody else', () => {
    expect(() => personOfOpenid({ sub: 'ben-8', email: 'ben@example.org' }, tokenOf(claims), expected)).toThrow()
    expect(personOfOpenid({}, tokenOf(claims), expected)).toMatchObject({ subject: 'ann-7', emails: [] })
  })
})

describe('the list of who may come in', () => {
  it('takes verified addresses and those of a domain, and everybody where there is none', () => {
    const allowed = ['ann@example.org', 'example.com']
    expect(isAllowed('ann@example.org', allowed)).toBe(true)
    expect(isAllowed('anybody@example.com', allowed)).toBe(true)
    for (const email of [undefined, 'ben@example.org', 'ann@sub.example.com', 'example.com@evil.org', 'ann@notexample.com']) expect(isAllowed(email, allowed)).toBe(false)
    expect(isAllowed(undefined, [])).toBe(true)
  })

  it('is not asked about an address that nobody has verified', () => {
    for (const user of [{ sub: '1', email: 'ann@example.org' }, { sub: '1', email: 'ann@example.org', email_verified: false }]) expect(personOfGoogle(user).emails).toEqual([])
    expect(personOfGoogle({ sub: '1', email: 'Ann@Example.org', email_verified: 'true' }).emails).toEqual(['ann@example.org'])
    expect(personOfGitHub({ id: 1 }, [{ email: 'a@example.org', verified: false }, { email: 'b@example.org', verified: true }]).emails).toEqual(['b@example.org'])
  })
})

describe('whoever was let in', () => {
  const owner = '0'.repeat(32)
  const sessionPasswords: string[] = []
  const passcode: AccessConfig = { mode: 'passcode', sessionPasswords, passcode: 'seven grey harbours' }
  const oauth = (allowed: string[], names: ('github' | 'oidc')[] = ['oidc']): AccessConfig =>
    ({ mode: 'oauth', sessionPasswords, oauth: { allowed, providers: names.map((name) => ({ name, clientId: '', clientSecret: '', redirectURL: undefined })) } })

  it('is out again when the passcode is another one', () => {
    const admission = { owner, access: 'passcode' as const, passcode: nameOfPasscode('seven grey harbours') }
    expect(stands(admission, passcode)).toBe(true)
    expect(stands(admission, { ...passcode, passcode: 'eight grey harbours' })).toBe(false)
    expect(JSON.stringify(admission)).not.toContain('harbours')
  })

  it('is out again when the list or the provider is gone', () => {
    const admission = { owner, access: 'oauth' as const, provider: 'oidc' as const, email: 'ann@example.org' }
    expect(stands(admission, oauth(['example.org']))).toBe(true)
    expect(stands(admission, oauth(['example.com']))).toBe(false)
    expect(stands(admission, oauth([], ['github']))).toBe(false)
  })

  it('in another mode has not been let in in this one', () => {
    const browser = { owner, access: 'open' as const }
    expect(stands(browser, passcode)).toBe(false)
    expect(stands(browser, oauth([]))).toBe(false)
    expect(stands({ owner, access: 'passcode', passcode: nameOfPasscode('seven grey harbours') }, oauth([]))).toBe(false)
    expect(stands(browser, { mode: 'open', sessionPasswords })).toBe(true)
  })
})
