import type { CompleteRequest, InitiateAnswer, Receipt } from '#shared/api'
import type { TestFile } from '~/tests/contract/lab'
import type { Answer, Sending } from './send'
import { bareETag } from '#shared/digest'
import { putPart } from '~/tests/contract/lab'
import { send } from './send'

/** Somebody with a session. */
export interface Owner {
  /** `name=value` */
  cookie: string
  /** A call as the page makes it; `json` becomes its body. Headers in `sending` come last. */
  call(path: string, json?: unknown, sending?: Sending): Promise<Answer>
  open(file: TestFile): Promise<Extract<InitiateAnswer, { state: 'open' }>>
  /** Opens the upload and stores its parts. Answers what `complete` asks for. */
  sendParts(file: TestFile): Promise<CompleteRequest>
  /** The whole way. */
  deliver(file: TestFile): Promise<Receipt>
}

export const pageHeaders = { 'x-lading': '1', 'content-type': 'application/json' }

async function beginSession(site: string): Promise<string> {
  const session = await send(site, '/api/session', { headers: pageHeaders, body: '{}' })
  const cookie = session.headers['set-cookie']?.find((line) => line.startsWith('__Host-lading='))?.split(';')[0]
  if (session.status !== 200 || !cookie) throw new Error(`no session: ${session.status} ${session.text}`)
  return cookie
}

export async function createOwner(site: string): Promise<Owner> {
  const cookie = await beginSession(site)

  async function call(path: string, json?: unknown, { headers, ...sending }: Sending = {}): Promise<Answer> {
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    return await send(site, path, { ...body, ...sending, headers: { ...pageHeaders, cookie, ...headers } })
  }

  async function expectOk(path: string, json: unknown): Promise<unknown> {
    const answer = await call(path, json)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`)
    return answer.json
  }

  const owner: Owner = {
    cookie,
    call,
    async open({ request, parts }) {
      const opened = await expectOk('/api/upload/initiate', { ...request, parts }) as InitiateAnswer
      if (opened.state !== 'open') throw new Error('the upload is not open')
      return opened
    },
    async sendParts(file) {
      const opened = await owner.open(file)
      const parts = await Promise.all(opened.parts.map(async (part, index) => {
        const answer = await putPart(part, file.slices[index] ?? Buffer.alloc(0))
        if (!answer.ok) throw new Error(`part ${part.partNumber}: ${answer.status} ${await answer.text()}`)
        return { partNumber: part.partNumber, etag: bareETag(answer.headers.get('etag') ?? ''), digest: file.parts[index]?.digest ?? '' }
      }))
      return { id: opened.id, parts }
    },
    async deliver(file) {
      const { receipt } = await expectOk('/api/upload/complete', await owner.sendParts(file)) as { receipt: Receipt }
      return receipt
    },
  }
  return owner
}

/** An answer as it is compared with another: every request has a number of its own. */
export function withoutNumber({ status, json }: Answer): unknown {
  return { status, body: { ...json as object, requestId: undefined } }
}
