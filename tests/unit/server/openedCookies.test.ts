import type { H3Event, SessionConfig } from 'h3'
import { randomBytes } from 'node:crypto'
import { createApp, defineEventHandler, toWebHandler, unsealSession, updateSession } from 'h3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Admission } from '~/server/utils/access/admission'
import type { OpenedCookies } from '~/server/utils/access/openedCookies'
import { createOpenedCookies } from '~/server/utils/access/openedCookies'

const secret = 'a secret that has thirty-two characters'
const other = 'another secret of more than thirty-two characters'
const maxAge = 60 * 60
const minute = 60_000
const owner = '0123456789abcdef0123456789abcdef'

/** A cookie as the server itself seals it. */
async function seal(secure: unknown, changes: Partial<SessionConfig> = {}): Promise<string> {
  const config = { password: secret, maxAge, name: 'sealed', ...changes }
  const app = createApp().use(defineEventHandler(async (event) => {
    await updateSession(event, config, { secure })
    return 'sealed'
  }))
  const answer = await toWebHandler(app)(new Request('http://localhost/'))
  return decodeURIComponent(/^sealed=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '')
}

/** Opens with h3's own unsealing, and notes each secret that was tried. */
function openerOf(cookies: OpenedCookies) {
  const tried: string[] = []
  return {
    tried,
    open: async (sealed: string, secrets = [secret]): Promise<Readonly<Admission> | undefined> => await cookies.open({
      sealed,
      secrets,
      sessionMs: maxAge * 1000,
      unseal: async (password) => {
        tried.push(password)
        return await unsealSession({} as H3Event, { password, maxAge }, sealed)
      },
    }),
  }
}

let cookies: ReturnType<typeof openerOf>
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  cookies = openerOf(createOpenedCookies())
})
afterEach(() => { vi.useRealTimers() })

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

describe('an opened cookie', () => {
  it('is not unsealed again for five minutes', async () => {
    const sealed = await seal({ owner, access: 'open' })
    expect(await cookies.open(sealed)).toEqual({ owner, access: 'open' })
    pass(5 * minute - 1)
    expect(await cookies.open(sealed)).toEqual({ owner, access: 'open' })
    expect(cookies.tried).toHaveLength(1)
    pass(1)
    expect(await cookies.open(sealed)).toEqual({ owner, access: 'open' })
    expect(cookies.tried).toHaveLength(2)
  })

  it('opens nothing any more when its session is over, though it was opened a moment before', async () => {
    const sealed = await seal({ owner })
    pass(maxAge * 1000 - 1000)
    expect(await cookies.open(sealed)).toMatchObject({ owner })
    pass(2000)
    expect(await cookies.open(sealed)).toBeUndefined()
  })

  it('opens nothing any more when the seal itself is over, for sessions were shorter when it was made', async () => {
    const sealed = await seal({ owner }, { maxAge: 120 })
    expect(await cookies.open(sealed)).toMatchObject({ owner })
    // The seal allows for clocks that differ by a minute.
    pass(181_000)
    expect(await cookies.open(sealed)).toBeUndefined()
  })

  it('opens nothing once its secret is no longer one of the server\'s', async () => {
    const sealed = await seal({ owner })
    expect(await cookies.open(sealed, [other, secret])).toMatchObject({ owner })
    expect(await cookies.open(sealed, [other])).toBeUndefined()
  })

  it('of the secret before is opened with two tries, and then without any', async () => {
    const sealed = await seal({ owner })
    for (let turn = 0; turn < 3; turn++) expect(await cookies.open(sealed, [other, secret])).toMatchObject({ owner })
    expect(cookies.tried).toEqual([other, secret])
  })

  it('cannot be changed by whoever asked for it', async () => {
    const admission = await cookies.open(await seal({ owner }))
    expect(() => Object.assign(admission ?? {}, { owner: 'f'.repeat(32) })).toThrow(TypeError)
  })
})

describe('a cookie that lets nobody in', () => {
  it('is tried anew each time, however near it is to one that opens', async () => {
    const sealed = await seal({ owner })
    await cookies.open(sealed)
    const changed = [`${sealed}A`, sealed.slice(0, -1), sealed.replace(/\*\d+\*/, '**'), sealed.replace('Fe26', 'Fe27'), ` ${sealed}`, '', 'x'.repeat(10_000)]
    for (const made of [...changed, ...changed]) expect(await cookies.open(made)).toBeUndefined()
    expect(cookies.tried).toHaveLength(1 + 2 * changed.length)
  })

  it('is tried anew each time where what it holds is not ours', async () => {
    const sealed = await seal({ owner: 'somebody' })
    expect(await cookies.open(sealed)).toBeUndefined()
    expect(await cookies.open(sealed)).toBeUndefined()
    expect(cookies.tried).toHaveLength(2)
  })
})

it('remembers ten thousand cookies, and forgets the one that was opened longest ago', async () => {
  let unsealed = 0
  const many = createOpenedCookies()
  const unseal = async () => {
    unsealed++
    return { createdAt: Date.now(), data: { secure: { owner } } }
  }
  const open = async (sealed: string) => await many.open({ sealed, secrets: [secret], sessionMs: maxAge * 1000, unseal })
  const names = Array.from({ length: 10_001 }, () => randomBytes(8).toString('hex'))
  for (const name of names) await open(name)
  await open(names[1] ?? '')
  expect(unsealed).toBe(10_001)
  await open(names[0] ?? '')
  expect(unsealed).toBe(10_002)
})
