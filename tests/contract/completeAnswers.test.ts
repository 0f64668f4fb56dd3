import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataKey } from '~/server/utils/keys'
import { createGateway } from '~/server/utils/s3/gateway'
import { newOwner } from './lab'

/** What a store, or something in between, may say to CompleteMultipartUpload. */
let say: (response: ServerResponse) => void = () => {}
let asked = 0
const server = createServer((request, response) => {
  asked++
  request.resume().on('end', () => say(response))
})
let gateway: ReturnType<typeof createGateway>

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  gateway = createGateway({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, region: 'us-east-1', bucket: 'b', credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    forcePathStyle: true, hosts: [], digestAlgorithm: 'md5', provider: 'minio', isDigestEnforced: true, completeDeadlineMs: 1000,
  })
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function complete(answer: typeof say, signal = AbortSignal.timeout(10_000)) {
  say = answer
  asked = 0
  const outcome = await gateway.completeMultipart(dataKey(newOwner(), '11111111-2222-4333-8444-555555555555'), 'u', [{ partNumber: 1, etag: 'e' }], signal)
  expect(asked).toBe(1)
  return outcome
}

const xml = '<?xml version="1.0" encoding="UTF-8"?>\n'
const error = (code: string) => `${xml}<Error><Code>${code}</Code><Message>m</Message></Error>`

describe('the answer to CompleteMultipartUpload', () => {
  it('counts as an answer only with an ETag', async () => {
    expect(await complete((response) => response.end(`${xml}<CompleteMultipartUploadResult><ETag>"x-1"</ETag></CompleteMultipartUploadResult>`))).toEqual({ outcome: 'answered' })
    expect(await complete((response) => response.end(`${xml}<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>`))).toMatchObject({ outcome: 'unknown' })
  })

  it.each(['', '\n', ' \r\n\n'])('is a definite refusal when it is 200 and an error followed by %j', async (tail) => {
    expect(await complete((response) => response.end(error('InternalError') + tail))).toMatchObject({ outcome: 'refused', code: 'InternalError', failure: { code: 'store_unavailable' } })
  })

  it('is a definite refusal when the store says no, and it is sent once only', async () => {
    for (const [status, code] of [[400, 'InvalidPart'], [404, 'NoSuchUpload'], [500, 'InternalError'], [503, 'SlowDown']] as const) {
      expect(await complete((response) => response.writeHead(status).end(error(code)))).toMatchObject({ outcome: 'refused', code })
    }
    expect(await complete((response) => response.writeHead(403).end(error('AccessDenied')))).toMatchObject({ failure: { code: 'store_config' } })
  })

  it.each(['', '<html>captive portal</html>'])('says nothing when it is 200 and %j', async (body) => {
    expect(await complete((response) => response.end(body))).toMatchObject({ outcome: 'unknown' })
  })

  it('says nothing when it is cut, when a proxy gave up, or when it never ends', async () => {
    expect(await complete((response) => response.destroy())).toMatchObject({ outcome: 'unknown' })
    expect(await complete((response) => response.writeHead(504).end('<html></html>'))).toMatchObject({ outcome: 'unknown' })
    expect(await complete(() => {}, AbortSignal.timeout(50))).toMatchObject({ outcome: 'unknown' })
    expect(await complete((response) => response.write(xml), AbortSignal.timeout(50))).toMatchObject({ outcome: 'unknown' })
  })
})
