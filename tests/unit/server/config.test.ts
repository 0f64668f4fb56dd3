import { describe, expect, it } from 'vitest'
import { MiB } from '#shared/limits'
import { ConfigError, parseConfig } from '~/server/utils/config/parseConfig'

const s3 = {
  endpoint: 'https://s3.example.org', region: '', bucket: 'files', accessKeyId: 'AKIA', secretAccessKey: 'hidden-key', sessionToken: '',
  forcePathStyle: '', hosts: '', provider: '', digest: 'md5', minPartBytes: '',
}
const client = { clientId: '', clientSecret: '', redirectURL: '' }
const oauth = { allowed: '', github: client, google: client, oidc: { ...client, openidConfig: '', label: '' } }
const limits = { callsPerMinute: 600, addressCallsPerMinute: 600, trustedProxies: 0, redisUrl: '', maxOpenUploads: 12_000, maxOwnerBytes: '' }
const good = {
  access: 'open', passcode: '', oauth, s3, siteOrigin: '', maxFileBytes: '', requestLimitSeconds: 300, assemblingSeconds: 600, ...limits,
  session: { password: '8f3b0d1c6a5e497b2d8e0f1a3c5b7d9e' }, drainSeconds: '', abandonedDays: '', cronSecret: '', logLevel: '', public: { partBytes: '', timeDivisor: '' },
}

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
  it('knows what is limited, and names mistakes in it', () => {
    expect(parseConfig(good, { isProduction: true })).toMatchObject({ rates: { ownerCallsPerMinute: 600 }, quotas: { maxOpenUploads: 12_000 } })
    expect(mistakes({ trustedProxies: 'all', redisUrl: 'http://:hidden@localhost' })).toEqual([
      expect.stringContaining('NUXT_TRUSTED_PROXIES'),
      expect.stringMatching(/^NUXT_REDIS_URL (?!.*hidden)/),
    ])
  })

  it('takes a complete configuration', () => {
    expect(parseConfig(good, { isProduction: true })).toMatchObject({
      access: { mode: 'open' },
      store: { endpoint: s3.endpoint, region: 'us-east-1', bucket: 'files', forcePathStyle: true, completeDeadlineMs: 280_000 },
      limits: { minPartBytes: 5 * MiB },
    })
  })

  it('cleans up after two weeks and says what is worth saying, unless told otherwise', () => {
    const dayMs = 24 * 60 * 60 * 1000
    expect(parseConfig(good, { isProduction: true }).operation).toEqual({ logLevel: 'info', abandonedMs: 14 * dayMs, cronSecret: undefined, reapMs: 280_000 })
    const cronSecret = 'b7Xw2mQe9Rt4Yu6Io1Pa3Sd5Fg8Hj0Kl'
    expect(parseConfig({ ...good, logLevel: 'warn', abandonedDays: 3, cronSecret }, { isProduction: true }).operation).toMatchObject({ logLevel: 'warn', abandonedMs: 3 * dayMs, cronSecret })
    expect(mistakes({ logLevel: 'loud', abandonedDays: 0 })).toEqual([expect.stringContaining('NUXT_LOG_LEVEL'), expect.stringContaining('NUXT_ABANDONED_DAYS')])
    expect(mistakes({ abandonedDays: '0.5' })).toHaveLength(1)
  })

  it.each(['Xw2mQe9Rt4', 'your-cron-secret-your-cron-secret-x'])('refuses the scheduler\'s secret %j, without saying it', (secret) => {
    expect(mistakes({ cronSecret: secret })).toEqual([expect.stringContaining('NUXT_CRON_SECRET')])
    expect(mistakes({ cronSecret: secret }).join()).not.toContain(secret)
  })

  it('gives what is under way as long to end as a request may run', () => {
    expect(parseConfig(good, { isProduction: true }).shutdown).toEqual({ drainMs: 0, endMs: 300_000 })
    expect(parseConfig({ ...good, drainSeconds: '5', requestLimitSeconds: '800' }, { isProduction: true }).shutdown).toEqual({ drainMs: 5_000, endMs: 800_000 })
    expect(parseConfig({ ...good, drainSeconds: '0' }, { isProduction: true }).shutdown.drainMs).toBe(0)
    expect(mistakes({ drainSeconds: 'soon' })).toEqual([expect.stringContaining('NUXT_DRAIN_SECONDS')])
  })

  it('checks what the page reads as well', () => {
    expect(mistakes({ public: { partBytes: 'large', timeDivisor: '0' } })).toEqual([
      expect.stringContaining('NUXT_PUBLIC_PART_BYTES'),
      expect.stringContaining('NUXT_PUBLIC_TIME_DIVISOR'),
    ])
  })

  it('refuses to start without an explicit access mode', () => {
    expect(mistakes({ access: '' })).toEqual([expect.stringContaining('NUXT_ACCESS')])
    expect(mistakes({ access: 'everyone' })).toEqual([expect.stringContaining('NUXT_ACCESS')])
  })

  it.each(['', 'tooFewOfThem', 'changeme-changeme-changeme-changeme', 'a'.repeat(40), 'your-32-character-or-longer-key-here', '0123456789012345678901234567890123'])('refuses the session password %j in production, without saying it', (password) => {
    const found = mistakes({ session: { password } })
    expect(found).toEqual([expect.stringContaining('NUXT_SESSION_PASSWORD')])
    if (password) expect(found.join()).not.toContain(password)
    expect(mistakes({ session: { password } }, false)).toEqual([])
  })

  it('takes a list of session passwords, and says which of them is none', () => {
    const [one, two] = ['8f3b0d1c6a5e497b2d8e0f1a3c5b7d9e', 'Vt9mE2xqL7rJ4wZc8nYb3kHd6sPf5gTa']
    expect(parseConfig({ ...good, session: { password: `${one}, ${two},` } }, { isProduction: true }).access.sessionPasswords).toEqual([one, two])
    const found = mistakes({ session: { password: `${one},tooFewOfThem` } })
    expect(found).toEqual([expect.stringContaining('NUXT_SESSION_PASSWORD, secret 2, is shorter')])
    expect(found.join()).not.toContain('tooFew')
    expect(mistakes({ session: { password: ' , ' } })).toEqual([expect.stringContaining('NUXT_SESSION_PASSWORD is not set')])
  })

  it.each([
    ['none', '', 'is not set'],
    ['a short one', 'h4rbour', 'is shorter than 8'],
    ['a sample', 'changeme-now', 'looks like a sample'],
    ['one letter', 'zzzzzzzzzzzz', 'looks like a sample'],
    ['a number, whose zeros are lost by now', 4711081500, 'is nothing but a number'],
  ])('wants a passcode in passcode mode, and %s is none', (_, passcode, why) => {
    const found = mistakes({ access: 'passcode', passcode })
    expect(found).toEqual([expect.stringMatching(/^NUXT_PASSCODE /)])
    expect(found[0]).toContain(why)
    if (passcode) expect(found[0]).not.toContain(String(passcode))
  })

  it('takes a passcode that people can say', () => {
    const { access } = parseConfig({ ...good, access: 'passcode', passcode: ' seven grey harbours ' }, { isProduction: true })
    expect(access).toMatchObject({ mode: 'passcode', passcode: 'seven grey harbours' })
    expect(mistakes({ access: 'passcode', passcode: 'h4rbour' }, false)).toEqual([])
  })

  describe('with oauth', () => {
    const known = { ...client, clientId: 'id', clientSecret: 'hidden-secret' }
    const oidc = { ...known, openidConfig: 'https://id.example.org/.well-known/openid-configuration', label: 'Harbour' }
    const withOAuth = (change: object) => mistakes({ access: 'oauth', oauth: { ...oauth, ...change } })

    it('takes any provider that is set up whole, and offers those', () => {
      const { access } = parseConfig({ ...good, access: 'oauth', oauth: { ...oauth, github: known, oidc, allowed: 'Ann@Example.org, @example.com' } }, { isProduction: true })
      expect(access).toMatchObject({ mode: 'oauth', oauth: { allowed: ['ann@example.org', 'example.com'], providers: [{ name: 'github', clientId: 'id' }, { name: 'oidc', label: 'Harbour' }] } })
    })

    it('wants a provider', () => {
      expect(withOAuth({})).toEqual([expect.stringContaining('needs a provider')])
    })

    it.each([
      ['half a client', { github: { ...known, clientSecret: '' } }, 'NUXT_OAUTH_GITHUB_CLIENT_ID and NUXT_OAUTH_GITHUB_CLIENT_SECRET'],
      ['no issuer', { oidc: { ...oidc, openidConfig: '' } }, 'NUXT_OAUTH_OIDC_OPENID_CONFIG is not set'],
      ['an issuer in plain http', { oidc: { ...oidc, openidConfig: 'http://id.example.org/.well-known/openid-configuration' } }, 'NUXT_OAUTH_OIDC_OPENID_CONFIG must be https'],
      ['the issuer itself', { oidc: { ...oidc, openidConfig: 'https://id.example.org' } }, 'does not end with /.well-known/openid-configuration'],
      ['a way back in plain http', { google: { ...known, redirectURL: 'http://files.example.org/auth/google' } }, 'NUXT_OAUTH_GOOGLE_REDIRECT_URL must be https'],
      ['a list of names', { github: known, allowed: 'example.org,ann' }, 'NUXT_OAUTH_ALLOWED, entry 2'],
    ])('refuses %s, and tells no secret', (_, change, why) => {
      const found = withOAuth(change)
      expect(found).toEqual([expect.stringContaining(why)])
      expect(found[0]).not.toContain('hidden-secret')
    })
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

  it.each(['https://files.example.com/', 'files.example.com', 'https://files.example.com/up', 'https://user:hidden@files.example.com', 'null'])('refuses %s as an origin of the site, without saying it', (siteOrigin) => {
    expect(mistakes({ siteOrigin: `https://files.example.org, ${siteOrigin}` })).toEqual([expect.stringMatching(/^NUXT_SITE_ORIGIN, origin 2, is none/)])
    expect(mistakes({ siteOrigin: 'https://files.example.com,http://localhost:3000' })).toEqual([])
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
