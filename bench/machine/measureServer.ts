import type { CompleteAnswer, InitiateAnswer, SignAnswer } from '#shared/api'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { batchLimit, comfortablePartCount, KiB, maxPartCount } from '#shared/limits'
import { cpuSecondsOfPid } from '~/bench/processes'
import { createApiClient } from '~/tests/e2e/support/apiClient'
import { startSite } from '~/tests/e2e/support/site'
import { startStore } from '~/tests/e2e/support/store'

const partBytes = KiB
const signCalls = 300
const warmUpCalls = 30
/** Calls, or parts, under way at a time. */
const atOnce = 4

type Client = ReturnType<typeof createApiClient>

interface ServerLab {
  client: Client
  cpuSeconds(): number
}

/** URLs that our server signs a CPU second, 64 in a call, once it is warm. */
export function measureSigning(): Promise<Record<string, number>> {
  return inLab(async ({ client, cpuSeconds }) => {
    const parts = digestsOf(batchLimit)
    const { id } = await open(client, parts.length)
    const sign = () => ask<SignAnswer>(client, 'upload/sign', { id, parts })
    await inTurns(warmUpCalls, sign)
    const before = cpuSeconds()
    const startedAt = performance.now()
    await inTurns(signCalls, sign)
    const [cpu, seconds] = [cpuSeconds() - before, (performance.now() - startedAt) / 1000]
    const urls = signCalls * batchLimit
    return { 'URLs': urls, 'URLs a CPU second': urls / cpu, 'URLs a second': urls / seconds }
  })
}

/**
 * What our server takes for an upload of many parts, as small as the store takes them: signing all of them, listing them, and completing. A
 * plan has 9,500 parts unless a file of tens of tebibytes wants more, so the figure for 10,000 is worked out from theirs.
 */
export function measureTenThousandParts(): Promise<Record<string, number>> {
  return inLab(async ({ client, cpuSeconds }) => {
    const started = cpuSeconds()
    const { id } = await open(client, comfortablePartCount)
    const digests = digestsOf(comfortablePartCount)
    const signed: SignAnswer['parts'] = []
    const batches = Array.from({ length: Math.ceil(comfortablePartCount / batchLimit) }, (_, index) => digests.slice(index * batchLimit, (index + 1) * batchLimit)).values()
    await inTurns(Math.ceil(comfortablePartCount / batchLimit), async () => {
      const { value: parts } = batches.next()
      signed.push(...(await ask<SignAnswer>(client, 'upload/sign', { id, parts })).parts)
    })
    const afterSigning = cpuSeconds()
    const waiting = signed.values()
    const stored: { partNumber: number, etag: string, digest: string }[] = []
    await inTurns(comfortablePartCount, async () => {
      const { value } = waiting.next()
      if (value) stored.push(await put(value))
    })
    const beforeListing = cpuSeconds()
    await ask(client, `upload/status?id=${id}`)
    const afterListing = cpuSeconds()
    const parts = stored.sort((one, other) => one.partNumber - other.partNumber)
    const { state } = await ask<CompleteAnswer>(client, 'upload/complete', { id, parts })
    if (state !== 'completed') throw new Error(`The upload is ${state}`)
    const signing = afterSigning - started
    const listing = afterListing - beforeListing
    const completing = cpuSeconds() - afterListing
    const all = signing + listing + completing
    return { 'parts': comfortablePartCount, 'signing, s': signing, 'listing, s': listing, 'completing, s': completing, 'all, s': all, 'for 10,000 parts, s': all * maxPartCount / comfortablePartCount }
  })
}

async function inLab<Result>(use: (lab: ServerLab) => Promise<Result>): Promise<Result> {
  const store = await startStore({ minPartBytes: partBytes, isProxied: false })
  try {
    const site = await startSite(store, { NUXT_S3_MIN_PART_BYTES: String(partBytes), NUXT_CALLS_PER_MINUTE: '1000000', NUXT_ADDRESS_CALLS_PER_MINUTE: '1000000' })
    try {
      const client = createApiClient(site)
      await client.signIn()
      return await use({ client, cpuSeconds: () => cpuSecondsOfPid(site.pid) })
    } finally {
      await site.stop()
    }
  } finally {
    await store.close()
  }
}

async function open(client: Client, parts: number): Promise<{ id: string }> {
  const id = randomUUID()
  await ask<InitiateAnswer>(client, 'upload/initiate', {
    id, fileName: 'cargo.bin', fileBytes: parts * partBytes, contentType: '', fingerprint: randomBytes(32).toString('hex'), partBytes,
  })
  return { id }
}

async function ask<Answer>({ call }: Client, path: string, body?: object): Promise<Answer> {
  const answer = await call(path, body)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as Answer
}

const content = Buffer.alloc(partBytes, 7)
const digest = createHash('md5').update(content).digest('base64')

function digestsOf(count: number) {
  return Array.from({ length: count }, (_, index) => ({ partNumber: index + 1, bytes: partBytes, digest }))
}

async function put({ partNumber, url, headers }: SignAnswer['parts'][number]) {
  const answer = await fetch(url, { method: 'PUT', headers, body: content })
  await answer.arrayBuffer()
  return { partNumber, etag: (answer.headers.get('etag') ?? '').replaceAll('"', ''), digest }
}

/** Does something so many times, a few at a time. */
async function inTurns(times: number, act: () => Promise<unknown>): Promise<void> {
  let left = times
  const lane = async () => {
    while (left-- > 0) await act()
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
