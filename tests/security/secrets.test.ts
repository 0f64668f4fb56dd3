import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newFile } from '~/tests/contract/lab'
import { secretsIn, sessionPassword } from '~/tests/e2e/support/secrets'
import { storeError } from '~/tests/proxy'
import { partBytes, useSecurityWorld } from './support/securityWorld'
import { send } from './support/send'

const world = useSecurityWorld({ store: { isProxied: true } })

it('the files that browsers get hold no secret, and no code of the server\'s', async () => {
  const entries = await readdir('.output/public', { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(3)
  for (const { parentPath, name } of files) {
    expect(name).not.toMatch(/\.map$|^\.env/)
    const text = await readFile(join(parentPath, name), 'utf8')
    expect([name, secretsIn(text, world.store.env)]).toEqual([name, []])
    expect([name, /secretAccessKey|accessKeyId|@aws-sdk|sessionPassword|NUXT_S3/.exec(text)?.[0]]).toEqual([name, undefined])
  }
})

it('the page that the server renders holds none either, nor what the bucket is called', async () => {
  for (const path of ['/', '/no-such-page', '/?x=1']) {
    const { text } = await send(world.site.url, path, { headers: { accept: 'text/html', cookie: world.first.cookie } })
    expect(text).toContain('__NUXT')
    expect(secretsIn(text, world.store.env)).toEqual([])
    expect(text).not.toMatch(/accessKeyId|secretAccessKey|"s3"|"session"|"security"/)
  }
})

it('the answers of the API hold no token, and no key to the store but the signed URLs', async () => {
  const file = newFile(partBytes, partBytes)
  const opened = await world.first.call('/api/upload/initiate', { ...file.request, parts: file.parts })
  const done = await world.first.deliver(newFile(partBytes, partBytes))
  const answers = [await world.first.call('/api/session', {}), await world.first.call('/api/upload/pending'), await world.first.call('/api/files'), await world.first.call(`/api/upload/status?id=${file.id}`)]
  for (const { text } of answers) expect(secretsIn(text, world.store.env)).toEqual([])
  expect(JSON.stringify(done)).not.toMatch(/token|uploadId/i)
  for (const { text } of [opened]) {
    expect(text).not.toContain(world.store.env.NUXT_S3_SECRET_ACCESS_KEY)
    expect(text).not.toContain('"token"')
  }
})

describe('the log', () => {
  it('holds no signature, token or cookie, whatever went wrong', async () => {
    const { first, store, site } = world
    const file = newFile(partBytes, partBytes)
    const opened = await first.open(file)
    const signature = new URL(opened.parts[0]?.url ?? '').searchParams.get('X-Amz-Signature') ?? ''
    for (const refusal of [storeError(403, 'SignatureDoesNotMatch', { message: 'The request signature we calculated does not match' }), storeError(403, 'AccessDenied'), storeError(500, 'InternalError')]) {
      const rule = store.proxy?.on({}, refusal)
      await first.call('/api/upload/pending')
      await first.call('/api/upload/complete', { id: file.id, parts: file.parts.map(({ partNumber, digest }) => ({ partNumber, digest, etag: 'a'.repeat(32) })) })
      rule?.remove()
    }
    await first.call('/api/upload/sign', undefined, { method: 'POST', body: `{"token":"${signature}"` })
    await send(site.url, `/no-such-page?X-Amz-Signature=${signature}`, { headers: { cookie: first.cookie } })

    // Something was logged, and it tells what happened.
    expect(site.output()).toMatch(/store_config: .*SignatureDoesNotMatch/)
    expect(secretsIn(site.output(), store.env)).toEqual([])
    for (const secret of [signature, first.cookie, first.cookie.split('=')[1] ?? '', sessionPassword]) expect(site.output()).not.toContain(secret)
  })

  it('is looked through after every story: a secret in it is found', () => {
    const { NUXT_S3_SECRET_ACCESS_KEY = '' } = world.store.env
    expect(secretsIn(`x ${NUXT_S3_SECRET_ACCESS_KEY}`, world.store.env)).toEqual(['NUXT_S3_SECRET_ACCESS_KEY'])
    expect(secretsIn(world.first.cookie, world.store.env)).toEqual(['a sealed cookie'])
    expect(secretsIn(`https://store.example/x?X-Amz-Signature=${'a'.repeat(64)}`, world.store.env)).toEqual(['a signature', 'a presigned URL'])
  })
})
