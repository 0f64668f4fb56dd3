import type { SessionAnswer } from '#shared/api'
import type { UploadApi } from '~/uploader/engine/ports'
import type { AccessChannel, AccessMessage } from './accessChannel'
import type { OwnerMemory, Whose } from './whose'
import { LadingError, toLadingError } from '#shared/errors'

export interface AccessCalls {
  session(signal?: AbortSignal): Promise<SessionAnswer>
  /** Throws `wrong_passcode`, or `rate_limited` with how long to wait. */
  enter(passcode: string): Promise<void>
  leave(): Promise<void>
}

export interface AdmissionListener {
  /** What the server said of itself: with each answer that is meant for this page. */
  told(answer: SessionAnswer): void
  /** Somebody is signed in: the one who was before, or the first of this page. */
  entered(person: string | undefined): void
  /** The server wants somebody to sign in. */
  refused(): void
  /** The server can't be asked: the page shows what this browser remembers. */
  unknown(): void
  /** Whose page this is has signed out, or somebody else has signed in: nothing of it may stay on the screen. */
  over(): void
}

export interface AdmissionOptions {
  calls: AccessCalls
  memory: OwnerMemory
  channel: AccessChannel | undefined
  listener: AdmissionListener
  /**
   * Another owner is another person, who is to see nothing of the first one. Where browsers are owners, another one only
   * means that this browser has lost its cookie and its keys.
   */
  arePersons: boolean
}

/** Who is signed in, over all tabs of this browser. A page belongs to one person from beginning to end. */
export interface Admission extends Whose, Pick<UploadApi, 'session'> {
  /** Asks the server who is here. Resolves when that is known, be it after somebody has signed in. */
  begin(): Promise<void>
  /** Throws as `AccessCalls.enter`. */
  enter(passcode: string): Promise<void>
  /** Throws where the server can't be reached: then nobody is signed out. */
  leave(): Promise<void>
  /** The page is put away: it hears of nobody who signs in or out meanwhile. */
  suspend(): void
  /** The page is back: after a `suspend` the server is asked who is here by now. */
  wake(): void
}

export function createAdmission({ calls, memory, channel, listener, arePersons }: AdmissionOptions): Admission {
  let owner: string | undefined
  /** As the server said last. */
  let isIn = false
  /** What `begin` was told, for whoever asks next. */
  let first: Promise<SessionAnswer> | undefined
  let tellKnown = () => {}
  const known = new Promise<void>((resolve) => { tellKnown = resolve })

  async function ask(signal?: AbortSignal): Promise<SessionAnswer> {
    const answer = await calls.session(signal).catch((thrown: unknown) => {
      if (toLadingError(thrown).code === 'sign_in') refuse()
      throw thrown
    })
    if (arePersons && owner !== undefined && owner !== answer.owner) {
      void remember(answer.owner)
      listener.over()
      throw new LadingError('sign_in', 'Somebody else has signed in')
    }
    listener.told(answer)
    const isNews = !isIn || owner !== answer.owner
    owner = answer.owner
    isIn = true
    if (isNews) {
      void remember(owner)
      channel?.tell({ type: 'entered', owner })
      listener.entered(answer.person)
    }
    tellKnown()
    return answer
  }

  function refuse() {
    isIn = false
    listener.refused()
  }

  /** A browser that keeps nothing shows nothing either, as long as the server can't be asked. */
  async function remember(latest: string | undefined) {
    try {
      if (await memory.latest() !== latest) await memory.put(latest)
    } catch {
      // The same refusal is told where uploads are written down.
    }
  }

  /** Whatever goes wrong is told to the listener, or found again by the next call. */
  async function look() {
    await ask().catch(() => {})
  }

  function hear(message: AccessMessage) {
    if (message.type === 'left') return listener.over()
    if (!isIn || message.owner !== owner) void look()
  }

  let stopHearing = channel?.listen(hear)

  return {
    get owner() {
      return owner
    },

    session(signal) {
      const answer = first ?? ask(signal)
      first = undefined
      return answer
    },

    async begin() {
      first = ask()
      try {
        await first
      } catch (thrown) {
        first = undefined
        if (toLadingError(thrown).code !== 'sign_in') {
          owner ??= await memory.latest().catch(() => undefined)
          listener.unknown()
          tellKnown()
        }
      }
      await known
    },

    async enter(passcode) {
      await calls.enter(passcode)
      await ask()
    },

    async leave() {
      await calls.leave()
      await remember(undefined)
      channel?.tell({ type: 'left' })
      listener.over()
    },

    suspend() {
      stopHearing?.()
      stopHearing = undefined
    },

    wake() {
      if (!channel || stopHearing) return
      stopHearing = channel.listen(hear)
      void look()
    },
  }
}
