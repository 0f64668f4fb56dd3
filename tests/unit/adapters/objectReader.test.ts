import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Surroundings } from '~/uploader/adapters/surroundings'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createObjectReader } from '~/uploader/adapters/objectReader'
import { codeOf } from '~/tests/contract/lab'

const content = Buffer.from('0123456789')
const surroundings: Surroundings = { isOnline: () => true, isServerThere: async () => true, isStoreThere: async () => true }

let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {}
const server = createServer((request, response) => answer(request, response))
beforeEach(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

function read(start: number, end: number, onProgress: (bytes: number) => void = () => {}) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/object`
  return createObjectReader(surroundings).read({ url, start, end, signal: new AbortController().signal, onProgress })
}

it('reads exactly the bytes that are asked for, and tells how many have come', async () => {
  const asked: unknown[] = []
  answer = ({ headers }, response) => {
    asked.push(headers.range)
    response.writeHead(206).end(content.subarray(2, 5))
  }
  const progress: number[] = []
  expect(Buffer.from(await read(2, 5, (bytes) => progress.push(bytes))).toString()).toBe('234')
  expect(asked).toEqual(['bytes=2-4'])
  expect(progress.at(-1)).toBe(3)
})

it('takes the whole from a store that knows no ranges where the whole is asked for, and nowhere else', async () => {
  answer = (_, response) => void response.writeHead(200).end(content)
  expect(Buffer.from(await read(0, 10)).toString()).toBe('0123456789')
  expect(await codeOf(read(0, 5))).toBe('store_rejected')
  expect(await codeOf(read(5, 10))).toBe('store_rejected')
})

it.each([
  ['ends early', 'store_unreachable', (response: ServerResponse) => void response.writeHead(206).end('23')],
  ['breaks off', 'store_unreachable', (response: ServerResponse) => void response.writeHead(206, { 'content-length': 3 }).write('2', () => response.destroy())],
  ['never comes', 'store_cors', (response: ServerResponse) => void response.destroy()],
  ['says that the URL is over', 'url_expired', (response: ServerResponse) => void response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>')],
  ['says that the object is gone', 'not_found', (response: ServerResponse) => void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')],
  ['says that the store is busy', 'store_busy', (response: ServerResponse) => void response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>')],
])('an answer that %s is %s', async (_, code, respond) => {
  answer = (_request, response) => respond(response)
  expect(await codeOf(read(2, 5))).toBe(code)
})
