import type { Chunks } from '~/tests/proxy/chunks'
import type { Action, Exchange } from '~/tests/proxy/contract'
import { setTimeout as pause } from 'node:timers/promises'

export interface ThrottleOptions {
  /** Request bodies. @default no limit */
  upBytesPerSecond?: number
  /** Bodies of answers. @default no limit */
  downBytesPerSecond?: number
  /** For each connection, or for everything that the rule takes together, in equal shares. @default 'connection' */
  per?: 'connection' | 'rule'
}

const longestPieceBytes = 16 * 1024
/** A piece takes at most this long, so that slow bodies move smoothly. */
const pieceMs = 50
/** Timers are late by a few milliseconds; this much may be caught up. */
const creditMs = 30

/**
 * Slows bodies down. What is not taken stays in the buffers of the system, some megabytes on loopback, as with a real link: a client sees
 * its small bodies leave at once and the answer come late.
 */
export function throttle({ upBytesPerSecond, downBytesPerSecond, per = 'connection' }: ThrottleOptions): Action {
  return {
    name: 'throttle',
    hooks(rule) {
      const shared = { up: createLane(upBytesPerSecond), down: createLane(downBytesPerSecond) }
      return {
        onRequest: (exchange) => { rule.acts(exchange) },
        // A connection carries one request at a time.
        requestBody: (chunks, exchange) => (per === 'rule' ? shared.up : createLane(upBytesPerSecond))(chunks, exchange),
        answerBody: (chunks, exchange) => (per === 'rule' ? shared.down : createLane(downBytesPerSecond))(chunks, exchange),
      }
    },
  }
}

/** Passes bodies so fast together. Each asks for one piece at a time, in turn, so all get the same share. */
function createLane(bytesPerSecond: number | undefined): (chunks: Chunks, exchange: Exchange) => Chunks {
  if (bytesPerSecond === undefined) return (chunks) => chunks
  const pieceBytes = Math.max(1, Math.min(longestPieceBytes, Math.floor(bytesPerSecond * pieceMs / 1000)))
  let freeAtMs = 0

  return async function* slowly(chunks, exchange) {
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.length; start += pieceBytes) {
        const piece = chunk.subarray(start, start + pieceBytes)
        freeAtMs = Math.max(freeAtMs, performance.now() - creditMs) + piece.length / bytesPerSecond * 1000
        const waitMs = freeAtMs - performance.now()
        if (waitMs > 1) await pause(waitMs, undefined, { signal: exchange.gone })
        yield piece
      }
    }
  }
}
