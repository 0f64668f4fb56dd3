import { describe, expect, it } from 'vitest'
import { MiB } from '#shared/limits'
import { ConfigError, parseConfig } from '~/server/utils/config/parseConfig'

const s3 = {
  endpoint: 'https://s3.example.org', region: '', bucket: 'files', accessKeyId: 'AKIA', secretAccessKey: 'hidden-key', sessionToken: '',
  forcePathStyle: '', hosts: '', provider: '', digest: 'md5', minPartBytes: '',
}
const good = { access: 'open', s3, maxFileBytes: '', requestLimitSeconds: 300, assemblingSeconds: 600, drainSeconds: '', session: { password: '8f3b0d1c6a5e497b2d8e0f1a3c5b7d9e' }, public: { partBytes: '', timeDivisor: '' } }

function mistakes(change: object, isProduction = true): readonly string[] {
  try {
    parseConfig({ ...good, ...change }, { isProduction })
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.mistakes
  }
}

describe('parseConfig', () => {
  it('takes a complete configuration', () => {
    expect(parseConfig(good, { isProduction: true })).toMatchObject({
      access: { mode: 'open' },
      store: { endpoint: s3.endpoint, region: 'us-east-1', bucket: 'files', forcePathStyle: true, completeDeadlineMs: 280_000 },
      limits: { minPartBytes: 5 * MiB },
    })
  })

  it('gives what is under way as long to end as a request may run', () => {
    expect(parseConfig(good, { isProduction: true }).shutdown).toEqual({ drainMs: 0, endMs: 300_000 })
    expect(parseConfig({ ...good, drainSeconds: '5', requestLimitSeconds: '800' }, { isProduction: true }).shutdown).toEqual({ drainMs: 5_000, endMs: 800_000 })
    expect(mistakes({ drainSeconds: 'soon' })).toEqual([expect.stringContaining('NUXT_DRAIN_SECONDS')])
  })

  it('checks what the page reads as well', () => {
    expect(mistakes({ public: { partBytes: 'large', timeDivisor: '0' } })).toEqual([
      expect.stringContaining('NUXT_PUBLIC_PART_BYTES'),
      expect.stringContaining('NUXT_PUBLIC_TIME_DIVISOR'),
    ])
  })

  it('refuses to start without an explicit access mode, and by name what comes later', () => {
    expect(mistakes({ access: '' })).toEqual([expect.stringContaining('NUXT_ACCESS')])
    for (const access of ['passcode', 'oauth']) expect(mistakes({ access })).toEqual([expect.stringContaining(`NUXT_ACCESS=${access}`)])
    expect(mistakes({ access: 'everyone' })).toHaveLength(1)
  })

  it.each(['', 'tooFewOfThem', 'changeme-changeme-changeme-changeme', 'a'.repeat(40), 'your-32-character-or-longer-key-here', '0123456789012345678901234567890123'])('refuses the session password %j in production, without saying it', (password) => {
    const found = mistakes({ session: { password } })
    expect(found).toEqual([expect.stringContaining('NUXT_SESSION_PASSWORD')])
    if (password) expect(found.join()).not.toContain(password)
    expect(mistakes({ session: { password } }, false)).toEqual([])
  })

  it('wants https in production except on loopback', () => {
    const withEndpoint = (endpoint: string) => mistakes({ s3: { ...s3, endpoint } })
    expect(withEndpoint('http://s3.example.org')).toEqual(['NUXT_S3_ENDPOINT must be https in production'])
    for (const endpoint of ['http://127.0.0.1:9000', 'http://localhost:9000', 'http://files.localhost:9000', 'http://[::1]:9000', 'https://s3.example.org', '']) expect(withEndpoint(endpoint)).toEqual([])
    for (const endpoint of ['ftp://x', 'nonsense', 'https://user:pass@s3.example.org', 'http://127.0.0.1.example.org', 'http://notlocalhost']) expect(withEndpoint(endpoint)).toHaveLength(1)
  })

  it('takes further addresses of the bucket in each form, and no slash at their ends', () => {
    const hosts = 'https://files.s3.eu-west-1.amazonaws.com/, https://s3.eu-west-1.amazonaws.com/files,https://gate.example.org/s3/files ,http://localhost:9000/files'
    expect(parseConfig({ ...good, s3: { ...s3, hosts } }, { isProduction: true }).store.hosts).toEqual([
      'https://files.s3.eu-west-1.amazonaws.com', 'https://s3.eu-west-1.amazonaws.com/files', 'https://gate.example.org/s3/files', 'http://localhost:9000/files',
    ])
    expect(parseConfig(good, { isProduction: true }).store.hosts).toEqual([])
  })

  it.each([
    ['no URL', 'files.s3.example.org', 'is not an http(s) URL'],
    ['a query', 'https://files.s3.example.org?x=1', 'must hold nothing but'],
    ['a key in it', 'https://id:key@files.s3.example.org', 'must hold nothing but'],
    ['plain http', 'http://files.s3.example.org', 'https in production'],
    ['no bucket', 'https://s3.example.org', 'does not name the bucket'],
    ['another bucket', 'https://filesystem.s3.example.org', 'does not name the bucket'],
    ['the bucket and more', 'https://s3.example.org/files/below', 'does not name the bucket'],
    ['the bucket twice', 'https://files.s3.example.org/folder', 'does not name the bucket'],
  ])('refuses a further address with %s, and says which', (_, address, why) => {
    const found = mistakes({ s3: { ...s3, hosts: `https://s3.example.org/files,${address}` } })
    expect(found).toEqual([expect.stringMatching(/^NUXT_S3_HOSTS, address 2, /)])
    expect(found[0]).toContain(why)
    expect(found[0]).not.toContain('id:key')
  })

  it('takes seven further addresses and no more', () => {
    const hosts = (count: number) => Array.from({ length: count }, (_, index) => `https://s${index}.example.org/files`).join()
    expect(mistakes({ s3: { ...s3, hosts: hosts(7) } })).toEqual([])
    expect(mistakes({ s3: { ...s3, hosts: hosts(8) } })).toEqual([expect.stringContaining('NUXT_S3_HOSTS holds 8')])
  })

  it('names every mistake at once and no secret', () => {
    const found = mistakes({ access: '', maxFileBytes: '-1', session: { password: '' }, s3: { ...s3, bucket: '', digest: 'crc', accessKeyId: '', endpoint: 'http://x' } })
    const names = ['NUXT_S3_DIGEST', 'NUXT_MAX_FILE_BYTES', 'NUXT_ACCESS', 'NUXT_SESSION_PASSWORD', 'NUXT_S3_BUCKET', 'NUXT_S3_ACCESS_KEY_ID', 'NUXT_S3_ENDPOINT']
    expect(found).toEqual(names.map((name) => expect.stringContaining(name)))
    expect(found.join()).not.toContain('hidden-key')
  })

  it('takes what environment variables are turned into', () => {
    const config = parseConfig({ ...good, maxFileBytes: 1000, s3: { ...s3, forcePathStyle: false, minPartBytes: 65536, accessKeyId: 1234, provider: 'ceph' } }, { isProduction: true })
    expect(config).toMatchObject({ limits: { maxFileBytes: 1000, minPartBytes: 65536 }, store: { forcePathStyle: false, credentials: { accessKeyId: '1234' } } })
  })

  it('knows stores by their address and leaves credentials to the SDK where there are none', () => {
    const at = (endpoint: string) => parseConfig({ ...good, s3: { ...s3, endpoint, accessKeyId: '', secretAccessKey: '' } }, { isProduction: true })
    expect(at('')).toMatchObject({ store: { endpoint: undefined, region: undefined, credentials: undefined, forcePathStyle: false } })
    expect(at('https://x.r2.cloudflarestorage.com').limits.maxPartBytes).toBe(5 * 1024 * MiB - 5 * MiB)
    expect(at('https://s3.eu-central-003.backblazeb2.com').limits.minPartBytes).toBe(5_000_000)
  })
})
