import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { Chunks } from './chunks'
import type { Header } from './headers'
import type { JournalEntry } from './journal'
import type { Operation } from './operation'

/** What a rule can see of a request. */
export interface RequestView {
  operation: Operation
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  partNumber?: number
  /** 1 for the first request of this operation and part number. */
  occurrence: number
}

export interface Answer {
  status: number
  /** @default the usual words for the status */
  reason?: string
  headers: Header[]
  body: Chunks
}

/** One request of a client and its answer. */
export interface Exchange {
  view: RequestView
  entry: JournalEntry
  /** The client's connection. */
  socket: Socket
  /** What the upstream will be sent; may be changed before that. */
  headers: Header[]
  /** Aborted when the client has gone, was cut off, or has its answer. */
  gone: AbortSignal
  /** Waits, but no longer than the client does. Rejects when it has gone. */
  wait<T>(promise: Promise<T>): Promise<T>
  /** Cuts the client's connection, by RST or by FIN, and the upstream's. Gives what is to be thrown. */
  cut(how: 'reset' | 'close'): Error
}

/** Asks an upstream, the proxy's own unless told, and gives the head of its answer. Rejects when it does not answer. */
export type Send = (body: Chunks, upstream?: string) => Promise<Answer>

/** Where an action can take hold of an exchange, in the order of events. */
export interface Hooks {
  /** The head has come, nothing was forwarded. */
  onRequest?(exchange: Exchange): Promise<void> | void
  /** Keeps the request from the upstream. Its body is read before the answer is given. */
  answerInstead?(exchange: Exchange): Answer
  requestBody?(chunks: Chunks, exchange: Exchange): Chunks
  /** In place of sending the request once. */
  deliver?(body: Chunks, exchange: Exchange, send: Send): Promise<Answer>
  /** The head of the answer is here, the client knows nothing of it; it may be changed. */
  onAnswer?(answer: Answer, exchange: Exchange): Promise<void> | void
  answerBody?(chunks: Chunks, exchange: Exchange, answer: Answer): Chunks
}

/** What an action is given by the rule that it belongs to. */
export interface RuleControl {
  /** Opens when the test lets go of everything that the rule holds. */
  released: Promise<void>
  /** To be called when the action takes effect. `isReached: false`: what the test waits for is yet to come. */
  acts(exchange: Exchange, options?: { isReached?: boolean }): void
  /** From 0 up to 1, fixed by the seed and the request. */
  draw(view: RequestView): number
}

/** A fault, or something else done to requests. `hooks` is called once for each rule, so that requests can share state. */
export interface Action {
  name: string
  hooks(rule: RuleControl): Hooks
}
