import type { PutAnswer, PutRequest } from '~/uploader/engine/ports'
import type { Server } from './server'
import type { Signed } from './store'
import type { ErrorCode } from '#shared/errors'
import type { CallName, Fault } from './story'
import type { Tab } from './tab'
import type { World } from './world'
import { LadingError, toLadingError } from '#shared/errors'
import { dice } from './dice'
import type { Slice } from './disk'
import { tokenBytes } from './disk'

/** What the adapters give up after, in milliseconds. */
const answerMs = 30_000
const completeMs = 330_000

/**
 * Who wants to be left alone names seconds. A longer hold that hits one part while another one moves would be shown as
 * uploading until it ends, which the page has no better word for yet.
 */
const longestHoldMs = 30_000

const stepsOfPart = 4

/** One leg of the way, in milliseconds. */
function legMs({ story }: World, ...keys: number[]): number {
  return 5 + Math.floor(dice(story.seed, ...keys) * 50)
}

function faultOf<Op extends Fault['op']>({ story, isCalm }: World, op: Op, nth: number): Extract<Fault, { op: Op }> | undefined {
  if (isCalm) return undefined
  return story.faults.find((fault): fault is Extract<Fault, { op: Op }> => fault.op === op && fault.nth === nth)
}

/** One call of our server for one upload. */
export function call<Answer>(world: World, tab: Tab, op: CallName, subject: string, effect: () => Answer, signal?: AbortSignal): Promise<Answer> {
  const { watch } = world
  const witness: Witness<Answer> = {
    called: () => watch.called(tab, op, subject),
    failed: (code) => watch.callFailed(tab, op, subject, code),
    answered: (answer) => watch.answered(tab, op, subject, answer),
  }
  return deliver(world, tab, op, witness, effect, signal)
}

/** One call for many uploads: it arrives or is lost as a whole, and each has its own answer or failure in it. */
export function callTogether<Answer>(world: World, tab: Tab, op: CallName, asked: readonly { id: string, effect: () => Answer }[]): Promise<(Answer | LadingError)[]> {
  const { watch } = world
  const witness: Witness<(Answer | LadingError)[]> = {
    called: () => asked.forEach(({ id }) => watch.called(tab, op, id)),
    failed: (code) => asked.forEach(({ id }) => watch.callFailed(tab, op, id, code)),
    answered: (answers) => asked.forEach(({ id }, index) => {
      const answer = answers[index]
      if (answer instanceof LadingError) watch.callFailed(tab, op, id, answer.code)
      else watch.answered(tab, op, id, answer)
    }),
  }
  return deliver(world, tab, op, witness, () => asked.map(({ effect }) => {
    try {
      return effect()
    } catch (thrown) {
      return toLadingError(thrown)
    }
  }))
}

interface Witness<Answer> {
  called(): void
  failed(code: ErrorCode): void
  answered(answer: Answer): void
}

/**
 * What takes effect at the server does so in the world's time: it lands whether or not the tab that asked still lives, or
 * still waits.
 */
function deliver<Answer>(world: World, tab: Tab, op: CallName, witness: Witness<Answer>, effect: () => Answer, signal?: AbortSignal): Promise<Answer> {
  const { time, watch } = world
  return tab.promise<Answer>((resolve, reject) => {
    const nth = world.count(op)
    const isOffline = world.isUnder('offline')
    const fault = isOffline ? undefined : faultOf(world, op, nth)
    const there = legMs(world, nth, op.length, 1)
    const back = there + legMs(world, nth, op.length, 2)
    witness.called()
    if (fault) watch.noteCause(`${op} ${fault.kind}`)
    world.reach(op, nth, 'asked')

    const refuse = (ms: number, error: LadingError) => void time.after(ms, () => {
      world.reach(op, nth, 'answered')
      time.after(0, () => {
        if (tab.isDead || signal?.aborted) return
        witness.failed(error.code)
        reject(error)
      })
    })
    const unreachable = () => new LadingError('server_unreachable', 'The server did not answer')

    /** Takes effect, and tells of it or not. */
    const apply = (ms: number, tell: boolean) => void time.after(ms, () => {
      let settle: () => void
      try {
        const answer = effect()
        settle = () => {
          witness.answered(answer)
          resolve(fault ? spoiled(fault, answer) : answer)
        }
      } catch (thrown) {
        settle = () => {
          witness.failed(toLadingError(thrown).code)
          reject(thrown)
        }
      }
      world.reach(op, nth, 'applied')
      if (!tell) return
      time.after(back - there, () => {
        world.reach(op, nth, 'answered')
        time.after(0, () => {
          if (tab.isDead || signal?.aborted) return
          if (world.isUnder('offline') || world.isUnder('server down')) reject(unreachable())
          else settle()
        })
      })
    })

    if (isOffline) return refuse(3, new LadingError('offline', 'The browser is offline'))
    if (world.isUnder('server down')) return refuse(there, unreachable())
    switch (fault?.kind) {
      case 'failed':
        return refuse(there, unreachable())
      case 'lost':
        apply(there, false)
        return refuse(back, unreachable())
      case 'late':
        refuse(back, unreachable())
        return apply(back + fault.ms, false)
      case 'twice':
        apply(there, true)
        return apply(back + fault.ms, false)
      case 'error':
        return refuse(back, new LadingError('server_error', 'HTTP 500'))
      case 'unavailable':
        apply(there, false)
        return refuse(back, new LadingError('store_unavailable', 'The store did not tell'))
      case 'limited':
        return refuse(back, new LadingError('rate_limited', 'HTTP 429', { retryAfterMs: Math.min(fault.ms, longestHoldMs) }))
      case 'silent':
        return refuse(op === 'complete' ? completeMs : answerMs, unreachable())
      case 'signed out':
        return refuse(back, new LadingError('sign_in', 'No session'))
      default:
        return apply(there, true)
    }
  }, signal)
}

/** An answer that lacks something. */
function spoiled<Answer>(fault: Fault, answer: Answer): Answer {
  if (Array.isArray(answer)) return answer.map((one: unknown) => spoiled(fault, one)) as Answer
  if (typeof answer !== 'object' || answer === null || !('parts' in answer) || !Array.isArray(answer.parts)) return answer
  const parts = answer.parts as object[]
  if (fault.kind === 'omits' && 'url' in (parts[0] ?? {})) return { ...answer, parts: parts.slice(1) }
  if (fault.kind === 'brief' && 'url' in (parts[0] ?? {})) return { ...answer, parts: parts.map((part) => ({ ...part, validForMs: 1 })) }
  return answer
}

function signedFor(server: Server, url: string): Signed {
  const signed = server.signedFor(url)
  if (!signed) throw new RangeError(`Nobody signed ${url}`)
  return signed
}

/** One PUT of a part, whose body is read from the disk while it is sent. */
export function put(world: World, tab: Tab, request: PutRequest): Promise<PutAnswer> {
  const { time, watch, server, store, story } = world
  const { url, signal, onProgress } = request
  const signed = signedFor(server, url)
  return tab.promise<PutAnswer>((resolve, reject) => {
    const nth = world.count('put')
    const isOffline = world.isUnder('offline')
    const fault = isOffline ? undefined : faultOf(world, 'put', nth)
    const slice = request.body as unknown as Slice
    const bytes = slice.end - slice.start
    const tokens: number[] = []
    const leg = (key: number) => legMs(world, nth, 3, key)
    if (fault) watch.noteCause(`put ${fault.kind}`)
    const sending = watch.putStarted(tab, signed, url)
    signal.addEventListener('abort', sending.end, { once: true })
    world.reach('put', nth, 'asked')

    const isOver = () => tab.isDead || signal.aborted
    const answer = (ms: number, settle: () => void) => void time.after(ms, () => {
      world.reach('put', nth, 'answered')
      time.after(0, () => {
        if (isOver()) return
        signal.removeEventListener('abort', sending.end)
        sending.end()
        settle()
      })
    })
    const refuse = (ms: number, error: LadingError) => answer(ms, () => {
      watch.putFailed(tab, signed, error.code)
      reject(error)
    })
    const unreachable = () => new LadingError('store_unreachable', 'The store could not be reached')
    const isDown = () => world.isUnder('offline') || world.isUnder('store down')

    /** The store takes it or not; answers what it says. */
    function judge(): () => void {
      try {
        if (time.now >= signed.expiresAt) throw new LadingError('url_expired', 'Request has expired')
        const etag = store.put(signed, fault?.kind === 'bent' ? tokens.map((token) => token ^ 1) : tokens, bytes)
        world.reach('put', nth, 'applied')
        return () => {
          if (fault?.kind === 'hidden') {
            watch.putUnclear(tab, signed)
            return resolve({})
          }
          watch.putHeard(tab, signed)
          resolve({ etag: `"${etag}"` })
        }
      } catch (thrown) {
        const error = thrown as LadingError
        return () => {
          if (error.code === 'url_expired') watch.urlRefused(url)
          watch.putFailed(tab, signed, error.code)
          reject(error)
        }
      }
    }

    function allSent() {
      const arrives = leg(1)
      switch (fault?.kind) {
        case 'mute':
          return
        case 'deaf':
          return void time.after(arrives, judge)
        case 'lost':
          time.after(arrives, judge)
          return refuse(arrives + leg(2), unreachable())
        case 'late':
          refuse(arrives, unreachable())
          return void time.after(arrives + fault.ms, judge)
        case 'captive':
          return answer(arrives, () => {
            watch.putUnclear(tab, signed)
            resolve({})
          })
        case 'busy':
          return refuse(arrives, new LadingError('store_busy', 'SlowDown', { retryAfterMs: Math.min(fault.ms, longestHoldMs) }))
        case 'full':
          return refuse(arrives, new LadingError('store_full', '507'))
        case 'rejected':
          return refuse(arrives, new LadingError('store_rejected', 'An odd answer'))
        default:
      }
      time.after(arrives, () => {
        const settle = judge()
        if (fault?.kind === 'twice') time.after(fault.ms, judge)
        answer(leg(2), () => {
          if (isDown()) reject(unreachable())
          else settle()
        })
      })
    }

    function send(step: number) {
      if (isOver()) return
      if (isDown()) return refuse(leg(4), unreachable())
      if (step > stepsOfPart / 2) {
        if (fault?.kind === 'stalled') return
        if (fault?.kind === 'cut') return refuse(leg(5), unreachable())
      }
      try {
        const upTo = Math.ceil(slice.tokens * step / stepsOfPart)
        tokens.push(...slice.read(tokens.length, upTo))
      } catch (thrown) {
        return refuse(3, thrown as LadingError)
      }
      const sent = Math.min(tokens.length * tokenBytes, bytes)
      sending.progress(sent)
      if (bytes > 0) onProgress(sent)
      if (step === stepsOfPart) allSent()
      else time.after(pause(step), () => send(step + 1))
    }
    const pause = (step: number) => story.partMs / stepsOfPart * (0.5 + dice(story.seed, nth, step))

    if (isOffline) return refuse(3, new LadingError('offline', 'The browser is offline'))
    if (fault?.kind === 'refused') return refuse(leg(1), unreachable())
    if (fault?.kind === 'config') return refuse(leg(1), new LadingError('store_config', 'SignatureDoesNotMatch'))
    if (fault?.kind === 'expired') {
      return answer(leg(1), () => {
        watch.urlRefused(url)
        reject(new LadingError('url_expired', 'Request has expired'))
      })
    }
    time.after(leg(1) + leg(3), () => send(1))
  }, signal)
}
