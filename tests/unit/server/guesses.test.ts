import { describe, expect, it } from 'vitest'
import { LadingError } from '#shared/errors'
import { createGuesses } from '~/server/utils/access/guesses'
import { assertPasscode } from '~/server/utils/access/passcode'

const expected = 'seven grey harbours'

function createDoor() {
  const clock = { now: 0 }
  const guesses = createGuesses(() => clock.now)
  /** What a guess is answered with, and how long to wait. */
  function knock(passcode: string, address = '192.0.2.1') {
    try {
      assertPasscode(passcode, { expected, address, guesses })
      return { code: 'in' }
    } catch (thrown) {
      if (!(thrown instanceof LadingError)) throw thrown
      return { code: thrown.code, waitMs: thrown.retryAfterMs }
    }
  }
  return { clock, knock }
}

describe('the passcode', () => {
  it('lets in whoever knows it, with a space that was copied along and however the keyboard writes a letter', () => {
    const { knock } = createDoor()
    expect(knock(expected)).toEqual({ code: 'in' })
    expect(knock(` ${expected}\n`)).toEqual({ code: 'in' })
    for (const wrong of ['', 'Seven grey harbours', 'seven grey', `${expected}s`, expected.repeat(50)]) expect(knock(wrong).code).toBe('wrong_passcode')
    const guesses = createGuesses(() => 0)
    expect(() => assertPasscode('cafe\u0301 am Hafen', { expected: 'café am Hafen', address: 'a', guesses })).not.toThrow()
  })

  it('may be mistyped five times; then each further guess waits twice as long as the one before, 15 minutes at most', () => {
    const { clock, knock } = createDoor()
    for (let guess = 0; guess < 5; guess++) expect(knock('wrong').code).toBe('wrong_passcode')
    const waits: (number | undefined)[] = []
    for (let guess = 0; guess < 13; guess++) {
      const { code, waitMs = 0 } = knock('wrong')
      expect(code).toBe('rate_limited')
      waits.push(waitMs)
      clock.now += waitMs
      expect(knock('wrong').code).toBe('wrong_passcode')
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900].map((seconds) => seconds * 1000))
  })

  it('is not looked at while the address has to wait, be it the right one, and asking then makes nothing longer', () => {
    const { clock, knock } = createDoor()
    for (let guess = 0; guess < 5; guess++) knock('wrong')
    clock.now += 400
    for (let guess = 0; guess < 100; guess++) expect(knock(expected)).toEqual({ code: 'rate_limited', waitMs: 600 })
    clock.now += 600
    expect(knock(expected)).toEqual({ code: 'in' })
    expect(knock('wrong').code).toBe('wrong_passcode')
  })

  it('slows one address and no other, and forgets after a day', () => {
    const { clock, knock } = createDoor()
    for (let guess = 0; guess < 5; guess++) knock('wrong')
    expect(knock(expected).code).toBe('rate_limited')
    expect(knock(expected, '192.0.2.2')).toEqual({ code: 'in' })
    clock.now += 24 * 60 * 60_000
    for (let guess = 0; guess < 5; guess++) expect(knock('wrong').code).toBe('wrong_passcode')
  })

  it('keeps no more addresses than it can, and those that guessed last', () => {
    const { knock } = createDoor()
    for (let guess = 0; guess < 5; guess++) knock('wrong', 'first')
    for (let address = 0; address < 9_999; address++) knock('wrong', String(address))
    expect(knock('wrong', 'first').code).toBe('rate_limited')
    knock('wrong', 'one more')
    expect(knock('wrong', 'first').code).toBe('wrong_passcode')
  })
})
