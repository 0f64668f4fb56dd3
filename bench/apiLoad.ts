import type { CompleteAnswer, InitiateAnswer, SignAnswer } from '#shared/api'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { KiB } from '#shared/limits'
import { createApiClient } from '~/tests/e2e/support/apiClient'
import { startSite } from '~/tests/e2e/support/site'
import { startStore } from '~/tests/e2e/support/store'
import { watchPeak } from './memoryWatch'
import { storeShares } from './storeShare'
import type { TimedCall } from './storeShare'

export interface ApiLoad {
  calls: number
  /** Of the calls that failed, what they answered. */
  errors: string[]
  completed: number
  /** From the first call to the last answer. */
  totalMs: number
  /** Of each call, from asking to the whole answer; and the same without the time in which the store was at work for it. */
  answerMs: number[]
  ownMs: number[]
  /** Most that the server held. */
  serverBytes: number
}

export interface ApiLoadOptions {
  browsers: number
  /** How long a browser waits between its calls, at most; half of that in the middle. @default 0 */
  pauseMs?: number
  /** Called when the server has started. */
  onServer?(pid: number): void
}

const partBytes = KiB
const parts = 4
const signs = 40
const statuses = 3

interface Answered extends TimedCall {
  error?: string
}

/**
 * Does what so many browsers ask of one server while each sends a file: a session of its own; then, all of them at once, initiate, 40 sign
 * calls for four parts each, three looks at the status, and complete. A sign call costs the same whether its parts are new, so a file has
 * only four; they are small, and go to the store itself. Each browser calls from an address of its own, under the default limits.
 */
export async function loadApi({ browsers, pauseMs = 0, onServer }: ApiLoadOptions): Promise<ApiLoad> {
  const store = await startStore({ minPartBytes: partBytes, isProxied: false })
  try {
    const site = await startSite(store, { NUXT_S3_MIN_PART_BYTES: String(partBytes), NUXT_TRUSTED_PROXIES: '1' })
    try {
      onServer?.(site.pid)
      const clients = await Promise.all(Array.from({ length: browsers }, async (_, index) => {
        const client = createApiClient(site, { 'x-forwarded-for': `10.0.${index >> 8}.${index & 255}` })
        await client.signIn()
        return client
      }))
      const answered: Answered[] = []
      let completed = 0
      const peak = watchPeak(site.pid)
      const startedAt = performance.now()
      await Promise.all(clients.map(async ({ call }) => {
        if (await sendOne({ call, pauseMs, note: (one) => answered.push(one) })) completed++
      }))
      const totalMs = performance.now() - startedAt
      const shares = storeShares(answered, await store.journal())
      const answerMs = answered.map(({ start, end }) => end - start)
      return {
        calls: answered.length,
        errors: answered.flatMap(({ error }) => error ?? []),
        completed,
        totalMs,
        answerMs,
        ownMs: answerMs.map((ms, index) => ms - (shares[index] ?? 0)),
        serverBytes: peak(),
      }
    } finally {
      await site.stop()
    }
  } finally {
    await store.close()
  }
}

interface Sending {
  call: ReturnType<typeof createApiClient>['call']
  pauseMs: number
  note(one: Answered): void
}

/** Whether the server says in the end that the file has arrived. */
async function sendOne({ call, pauseMs, note }: Sending): Promise<boolean> {
  const id = randomUUID()
  const slices = Array.from({ length: parts }, () => randomBytes(partBytes))
  const toSign = slices.map((slice, index) => ({ partNumber: index + 1, bytes: slice.length, digest: createHash('md5').update(slice).digest('base64') }))

  async function ask<Answer>(path: string, body?: object): Promise<Answer | undefined> {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMs))
    const start = performance.timeOrigin + performance.now()
    const answer = await call(path, body)
    const text = await answer.text()
    const end = performance.timeOrigin + performance.now()
    note({ id, start, end, ...!answer.ok && { error: `${path}: ${answer.status} ${text}` } })
    return answer.ok ? JSON.parse(text) as Answer : undefined
  }

  await ask<InitiateAnswer>('upload/initiate', {
    id, fileName: 'cargo.bin', fileBytes: parts * partBytes, contentType: '', fingerprint: randomBytes(32).toString('hex'), partBytes, parts: toSign,
  })
  let signed: SignAnswer | undefined
  for (let turn = 0; turn < signs; turn++) {
    signed = await ask<SignAnswer>('upload/sign', { id, parts: toSign })
    if ((turn + 1) % Math.floor(signs / statuses) === 0) await ask(`upload/status?id=${id}`)
  }
  const stored = await Promise.all((signed?.parts ?? []).map(async ({ partNumber, url, headers }) => {
    const { digest = '' } = toSign[partNumber - 1] ?? {}
    const answer = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(slices[partNumber - 1] ?? []) })
    await answer.arrayBuffer()
    return { partNumber, etag: (answer.headers.get('etag') ?? '').replaceAll('"', ''), digest }
  }))
  const answer = await ask<CompleteAnswer>('upload/complete', { id, parts: stored })
  return answer?.state === 'completed'
}
