import type { DownloadAnswer } from '#shared/api'
import type { Clock } from '~/uploader/engine/ports'
import { LadingError, toLadingError } from '#shared/errors'

/** Where an object can be read, with URLs that live some minutes only. */
export interface Address {
  /** A URL that has some time left. Several that ask at once share one call. */
  current(): Promise<DownloadAnswer>
  /** Runs `use` with a current URL; one that the store calls expired is not handed out again. Throws `server_clock` where fresh ones are, again and again. */
  with<T>(use: (url: string) => Promise<T>): Promise<T>
}

/** What is begun with a URL may take a while to reach the store. */
const marginMs = 30_000
const freshRefusals = 3

export function createAddress(clock: Clock, freshUrlMs: number, locate: () => Promise<DownloadAnswer>): Address {
  let known: { answer: Promise<DownloadAnswer>, askedAt: number, goodMs: number } | undefined
  let refused = 0

  function ask() {
    const asked = { answer: locate(), askedAt: clock.elapsed(), goodMs: Infinity }
    asked.answer.then(({ validForMs }) => {
      asked.goodMs = Math.max(validForMs - marginMs, validForMs / 2)
    }, () => {
      // Who waits for it hears of it; the next one asks anew.
      if (known === asked) known = undefined
    })
    return asked
  }

  function currentOne() {
    if (!known || clock.elapsed() - known.askedAt > known.goodMs) known = ask()
    return known
  }

  return {
    current: () => currentOne().answer,

    async with(use) {
      const asked = currentOne()
      const { url } = await asked.answer
      try {
        return await use(url)
      } catch (thrown) {
        if (toLadingError(thrown).code !== 'url_expired') throw thrown
        if (known === asked) {
          known = undefined
          if (clock.elapsed() - asked.askedAt < freshUrlMs && ++refused >= freshRefusals) throw new LadingError('server_clock', 'The store calls fresh URLs expired', { cause: thrown })
        }
        throw thrown
      }
    },
  }
}
