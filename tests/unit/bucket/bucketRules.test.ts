import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { parseBucketConfig } from '~/server/utils/config/parseBucket'
import { writeCorsRules, writeLifecycleRules } from '~/scripts/bucket/bucketRules'
import { createPatient } from '~/scripts/bucket/patient'
import { abortRule, corsRule } from '~/scripts/bucket/rules'

it('sends rules under Content-MD5 and no other digest, for R2 and B2 refuse those', async () => {
  const seen: { headers: Record<string, unknown>, md5: string }[] = []
  const server = createServer(async (request, response) => {
    seen.push({ headers: request.headers, md5: createHash('md5').update(await text(request)).digest('base64') })
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const bucket = createPatient(parseBucketConfig({ s3: { ...empty, endpoint, bucket: 'files', accessKeyId: 'a', secretAccessKey: 'b' }, maxFileBytes: '', requestLimitSeconds: '', siteOrigin: '' }, { isProduction: false }))
  await writeCorsRules(bucket, [corsRule(['https://files.example.com'])])
  await writeLifecycleRules(bucket, [abortRule])
  server.closeAllConnections()
  server.close()

  expect(seen).toHaveLength(2)
  for (const { headers, md5 } of seen) {
    expect(headers['content-md5']).toBe(md5)
    expect(Object.keys(headers).filter((name) => name.includes('checksum'))).toEqual([])
  }
})

const empty = { region: '', sessionToken: '', forcePathStyle: '', hosts: '', provider: '', digest: '', minPartBytes: '' }
