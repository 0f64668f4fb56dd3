import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SignedPart } from '#shared/api'
import { createGateway } from '~/server/utils/s3/gateway'
import type { Lab } from './lab'
import { codeOf, inTime, newFile, newOwner, openLab } from './lab'

let lab: Lab
let server: ReturnType<Lab['serverWith']>
/** The usual address, path-style under another name, and virtual-hosted under a third. */
let addresses: string[]

beforeAll(async () => {
  lab = await openLab()
  const { protocol, port, origin } = new URL(lab.settings.endpoint ?? '')
  addresses = [`${origin}/${lab.bucket}`, `${protocol}//localhost:${port}/${lab.bucket}`, `${protocol}//${lab.bucket}.localhost:${port}`]
  const gateway = createGateway({ ...lab.settings, hosts: addresses })
  server = lab.serverWith({ gateway: () => gateway })
})
afterAll(async () => { await lab.close() })

/** Browsers know that every name below localhost is this machine; Node asks the system, which may not. */
async function put({ url, headers }: SignedPart, body: Uint8Array): Promise<{ status?: number, etag: string }> {
  const { hostname, host, port, pathname, search } = new URL(url)
  const at = hostname.endsWith('localhost') ? '127.0.0.1' : hostname
  return await new Promise((resolve, reject) => {
    request({ method: 'PUT', hostname: at, port, path: pathname + search, headers: { ...headers, 'host': host, 'content-length': body.length } }, (answer) => {
      answer.resume().once('end', () => resolve({ status: answer.statusCode, etag: String(answer.headers.etag).replaceAll('"', '') }))
    }).once('error', reject).end(body)
  })
}

describe('a bucket with several addresses', () => {
  it('has each origin once, the usual one first', async () => {
    expect(await server.context.gateway.origins()).toEqual(addresses.map((address) => new URL(address).origin))
    expect(await lab.gateway.origins()).toEqual([new URL(lab.settings.endpoint ?? '').origin])
  })

  it('takes each part at the address that it was signed for, and puts them together', async () => {
    const owner = newOwner()
    const file = newFile(4 * lab.partBytes + 5, lab.partBytes)
    const wanted = file.parts.map((part, index) => ({ ...part, ...index > 0 && { store: index % 3 } }))
    const opened = await server.uploads.initiate(owner, { ...file.request, parts: wanted.slice(0, 2) })
    if (opened.state !== 'open') throw new Error('not open')
    const signed = await server.uploads.sign(owner, { id: file.id, parts: wanted.slice(2) })
    const urls = [...opened.parts, ...signed.parts]
    expect(urls.map(({ url }) => addresses.findIndex((address) => url.startsWith(`${address}/data/`)))).toEqual([0, 1, 2, 0, 1])

    const answers = await Promise.all(urls.map((part, index) => put(part, file.slices[index] ?? Buffer.alloc(0))))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    const parts = file.parts.map(({ partNumber, digest }, index) => ({ partNumber, digest, etag: answers[index]?.etag ?? '' }))
    expect(await server.uploads.complete(owner, { id: file.id, parts }, inTime())).toMatchObject({ state: 'completed' })
    expect((await lab.read((await lab.keys(`data/${owner}`))[0] ?? '')).equals(file.content)).toBe(true)
  })

  it('signs nothing, and opens nothing, for an address that is not there', async () => {
    const owner = newOwner()
    const file = newFile(100, lab.partBytes)
    const [part] = file.parts
    if (!part) throw new Error('no part')
    expect(await codeOf(server.uploads.initiate(owner, { ...file.request, parts: [{ ...part, store: 3 }] }))).toBe('invalid_request')
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
    await server.uploads.initiate(owner, file.request)
    expect(await codeOf(server.uploads.sign(owner, { id: file.id, parts: [{ ...part, store: 3 }] }))).toBe('invalid_request')
    // A server that knows of the usual address alone.
    expect(await codeOf(lab.uploads.sign(owner, { id: file.id, parts: [{ ...part, store: 1 }] }))).toBe('invalid_request')
    expect((await lab.uploads.sign(owner, { id: file.id, parts: [{ ...part, store: 0 }] })).parts).toHaveLength(1)
  })
})
