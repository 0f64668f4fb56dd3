import { execPath } from 'node:process'
import { describe, expect, it } from 'vitest'
import { execFile } from 'node:child_process'

const good = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: '0',
  NUXT_ACCESS: 'open',
  NUXT_SESSION_PASSWORD: 'q8Zr2LmWx5TfYb7NcKd4HsJv9GpRe3Ua',
  NUXT_S3_BUCKET: 'files',
  NUXT_S3_ENDPOINT: 'https://s3.store.example',
  NUXT_S3_ACCESS_KEY_ID: 'AKQ7Z2LMWX5TFYB7NCKD',
  NUXT_S3_SECRET_ACCESS_KEY: 'mWx5TfYb7NcKd4HsJv9GpRe3Uaq8Zr2L',
}

/** Starts the built server; resolves with all that it prints when it ends, or with undefined when it listens. */
async function startWith(change: Record<string, string>): Promise<{ code: unknown, output: string } | undefined> {
  return await new Promise((resolve) => {
    const child = execFile(execPath, ['.output/server/index.mjs'], { env: { PATH: process.env.PATH, ...good, ...change }, timeout: 30_000 }, (error, out, err) => {
      resolve({ code: error?.code, output: out + err })
    })
    child.stdout?.on('data', (text: string) => {
      if (!text.includes('Listening')) return
      resolve(undefined)
      child.kill('SIGKILL')
    })
  })
}

const sampleSecret = 'change-me-change-me-change-me-change-me'
const mistakes: [string, Record<string, string>, string][] = [
  ['no access mode', { NUXT_ACCESS: '' }, 'NUXT_ACCESS'],
  ['an access mode that does not exist', { NUXT_ACCESS: 'everybody' }, 'NUXT_ACCESS'],
  ['no secret', { NUXT_SESSION_PASSWORD: '' }, 'NUXT_SESSION_PASSWORD'],
  ['a short secret', { NUXT_SESSION_PASSWORD: 'q8Zr2LmWx5TfYb7NcKd4HsJv9GpRe3U' }, 'NUXT_SESSION_PASSWORD'],
  ['a secret like a sample', { NUXT_SESSION_PASSWORD: sampleSecret }, 'NUXT_SESSION_PASSWORD'],
  ['a secret of few characters', { NUXT_SESSION_PASSWORD: 'abababababababababababababababababab' }, 'NUXT_SESSION_PASSWORD'],
  ['a store in the open', { NUXT_S3_ENDPOINT: 'http://s3.store.example' }, 'NUXT_S3_ENDPOINT'],
  ['a store in the open, by number', { NUXT_S3_ENDPOINT: 'http://10.0.0.5:9000' }, 'NUXT_S3_ENDPOINT'],
  ['a store whose name begins like loopback', { NUXT_S3_ENDPOINT: 'http://127.0.0.1.store.example' }, 'NUXT_S3_ENDPOINT'],
  ['a store whose name begins like localhost', { NUXT_S3_ENDPOINT: 'http://localhost.store.example' }, 'NUXT_S3_ENDPOINT'],
  ['a store with a password in its address', { NUXT_S3_ENDPOINT: 'https://me:Kd4HsJv9Gp@s3.store.example' }, 'NUXT_S3_ENDPOINT'],
  ['a store that is a file', { NUXT_S3_ENDPOINT: 'file:///etc/passwd' }, 'NUXT_S3_ENDPOINT'],
  ['a further address in the open', { NUXT_S3_HOSTS: 'http://files.s3.store.example' }, 'NUXT_S3_HOSTS'],
]

describe('production does not start with', () => {
  it.each(mistakes)('%s, and says which setting it is without its value', async (_what, change, name) => {
    const ended = await startWith(change)
    expect(ended).toMatchObject({ code: 1, output: expect.stringContaining(name) })
    const secrets = [good.NUXT_SESSION_PASSWORD, good.NUXT_S3_ACCESS_KEY_ID, good.NUXT_S3_SECRET_ACCESS_KEY, 'Kd4HsJv9Gp', ...Object.values(change).filter((value) => value !== '')]
    for (const secret of secrets) expect(ended?.output).not.toContain(secret)
  })
})

describe('production starts with', () => {
  it.each<[string, Record<string, string>]>([
    ['a store by https', {}],
    ['a store on this machine', { NUXT_S3_ENDPOINT: 'http://127.0.0.1:9000' }],
  ])('%s', async (_what, change) => {
    expect(await startWith(change)).toBeUndefined()
  })
})
