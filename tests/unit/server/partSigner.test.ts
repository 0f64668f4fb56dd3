import type { S3ClientConfig } from '@aws-sdk/client-s3'
import type { AddressInfo } from 'node:net'
import type { DigestAlgorithm } from '#shared/digest'
import type { StoreSettings } from '~/server/utils/config/store'
import { createServer } from 'node:http'
import { S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { digestAlgorithms, digestHeader } from '#shared/digest'
import { dataKey } from '~/server/utils/keys'
import { lazyAddresses } from '~/server/utils/s3/addresses'
import { lazyClients } from '~/server/utils/s3/client'
import { createGateway } from '~/server/utils/s3/gateway'

const permanent = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const temporary = { ...permanent, sessionToken: 'IQoJb3JpZ2luX2VjE/+token==' }

function storeSettings(changes: Partial<StoreSettings>): StoreSettings {
  return {
    endpoint: undefined,
    region: 'eu-west-1',
    bucket: 'cargo',
    credentials: permanent,
    forcePathStyle: false,
    hosts: [],
    provider: 'aws',
    digestAlgorithm: 'md5',
    isDigestEnforced: true,
    completeDeadlineMs: 60_000,
    ...changes,
  }
}

const stores: Record<string, Partial<StoreSettings>> = {
  'AWS': {},
  'AWS with temporary credentials': { credentials: temporary },
  'AWS, and a bucket whose name is no host name': { bucket: 'cargo.of.ours' },
  'a path of an own host': { endpoint: 'http://127.0.0.1:9000', forcePathStyle: true },
  'a host below an own host': { endpoint: 'https://s3.example.com:8443' },
  'a port that says nothing': { endpoint: 'https://s3.example.com:443', forcePathStyle: true },
  'an endpoint with a path': { endpoint: 'https://example.com/store/s3', forcePathStyle: true, credentials: temporary },
  'an access point': { bucket: 'arn:aws:s3:eu-west-1:123456789012:accesspoint/cargo' },
}

const hosts = ['https://cargo.s3.dualstack.eu-west-1.amazonaws.com', 'http://localhost:9000/cargo', 'https://example.com:8443/a/cargo']

const unusualKeys = [
  'data/0123/file', 'a b/c+d', 'ü/ñ/文件/🚢', 'e\u0301', '!\'()*', '-._~', '/first', 'last/', 'a//b', './a/../b', '?uploadId=1', 'a#b', 'a%2Fb%', '&=;,:@$', '"<>\\^`{|}', '[a]', '\t\n', 'X-Amz-Date',
]

const digests: Record<DigestAlgorithm, string> = { md5: 'rL0Y20zC+Fzt72VPzMSk2A==', sha256: 'LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=' }

/** The SDK's whole way, for the same part. */
async function signedBySdk(config: S3ClientConfig, bucket: string, { key, uploadId, partNumber, bytes, digest, algorithm }: typeof part, validity: typeof always): Promise<string> {
  const client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED', ...config })
  const command = new UploadPartCommand({
    Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: partNumber, ContentLength: bytes, ...algorithm === 'md5' ? { ContentMD5: digest } : { ChecksumSHA256: digest },
  })
  return await getSignedUrl(client, command, { ...validity, unhoistableHeaders: new Set([digestHeader[algorithm]]) })
}

const part: { key: string, uploadId: string, partNumber: number, bytes: number, digest: string, algorithm: DigestAlgorithm } = {
  key: 'data/0123/file', uploadId: '2~k/+Q=.b', partNumber: 17, bytes: 8_388_608, digest: digests.md5, algorithm: 'md5',
}
const always = { signingDate: new Date('2026-02-28T23:59:59.999Z'), expiresIn: 900 }

async function addressesOf(settings: StoreSettings) {
  return await lazyAddresses(lazyClients(settings), settings.bucket, settings.hosts)()
}

describe.each(Object.entries(stores))('a part\'s URL at %s', (_, changes) => {
  const settings = storeSettings(changes)
  const { endpoint, region, credentials, forcePathStyle, bucket } = settings
  const config: S3ClientConfig = { ...endpoint && { endpoint }, ...region && { region }, ...credentials && { credentials }, forcePathStyle }

  it('is to the byte what the SDK signs', async () => {
    const [usual] = await addressesOf(settings)
    for (const algorithm of digestAlgorithms) {
      for (const key of unusualKeys) {
        const asked = { ...part, key, algorithm, digest: digests[algorithm] }
        expect(usual?.signer(asked, always, credentials ?? permanent)).toBe(await signedBySdk(config, bucket, asked, always))
      }
    }
  })
})

describe('a part\'s URL', () => {
  it('is to the byte what the SDK signs, whatever the key, the upload, the part and the moment', async () => {
    const settings = storeSettings({ endpoint: 'http://127.0.0.1:9000', forcePathStyle: true, credentials: temporary })
    const [usual] = await addressesOf(settings)
    const parts = fc.record({
      key: fc.string({ unit: 'grapheme', minLength: 1 }),
      uploadId: fc.string({ unit: 'grapheme', minLength: 1 }),
      partNumber: fc.integer({ min: 1, max: 10_000 }),
      bytes: fc.integer({ min: 0, max: 2 ** 40 }),
    })
    const dates = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    await fc.assert(fc.asyncProperty(parts, dates, fc.integer({ min: 1, max: 900 }), async (changes, signingDate, expiresIn) => {
      const [asked, validity] = [{ ...part, ...changes }, { signingDate, expiresIn }]
      const expected = await signedBySdk({ endpoint: 'http://127.0.0.1:9000', region: 'eu-west-1', forcePathStyle: true, credentials: temporary }, 'cargo', asked, validity)
      expect(usual?.signer(asked, validity, temporary)).toBe(expected)
    }), { numRuns: 200 })
  })

  it('is to the byte what the SDK signs after another secret, and another day, and the first ones again', async () => {
    const [usual] = await addressesOf(storeSettings({}))
    const nextDay = { ...always, signingDate: new Date('2026-03-01T00:00:00.000Z') }
    for (const validity of [always, nextDay, always]) {
      for (const credentials of [permanent, { ...permanent, secretAccessKey: 'another' }, temporary, permanent]) {
        expect(usual?.signer(part, validity, credentials)).toBe(await signedBySdk({ region: 'eu-west-1', credentials }, 'cargo', part, validity))
      }
    }
  })

  it('is to the byte what the SDK signs for each of the bucket\'s other addresses', async () => {
    const [, ...others] = await addressesOf(storeSettings({ hosts, credentials: temporary }))
    expect(others.map(({ origin }) => origin)).toEqual(hosts.map((host) => new URL(host).origin))
    for (const [index, host] of hosts.entries()) {
      const expected = await signedBySdk({ region: 'eu-west-1', bucketEndpoint: true, credentials: temporary }, host, part, always)
      expect(others[index]?.signer(part, always, temporary)).toBe(expected)
    }
  })
})

describe('credentials that are replaced while the server runs', () => {
  afterEach(() => { vi.unstubAllEnvs() })

  it('sign from then on', async () => {
    let turn = 0
    const issuer = createServer((_, answer) => {
      turn++
      // The SDK asks for new ones in the last five minutes of the old.
      answer.end(JSON.stringify({ AccessKeyId: `KEY${turn}`, SecretAccessKey: `secret${turn}`, Token: `token${turn}`, Expiration: new Date(Date.now() + 240_000).toISOString() }))
    })
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    try {
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined)
      vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`)
      const gateway = createGateway(storeSettings({ credentials: undefined }))
      const sign = async () => {
        const [signed] = await gateway.signParts(dataKey('0'.repeat(32), '00000000-0000-4000-8000-000000000000'), 'upload', 'md5', [part])
        const { searchParams } = new URL(signed?.url ?? '')
        return { key: searchParams.get('X-Amz-Credential')?.split('/')[0], token: searchParams.get('X-Amz-Security-Token'), signature: searchParams.get('X-Amz-Signature') }
      }
      const number = (text: string | null | undefined) => Number(text?.replace(/\D/g, ''))
      const before = await sign()
      // It hands out the old ones as long as it fetches the new.
      const after = await vi.waitFor(async () => {
        const signed = await sign()
        expect(number(signed.key)).toBeGreaterThan(number(before.key))
        return signed
      })
      expect(number(after.token)).toBe(number(after.key))
      expect(after.signature).not.toBe(before.signature)
    } finally {
      issuer.close()
    }
  })
})
