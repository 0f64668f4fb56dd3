import { createHmac } from 'node:crypto'

/** What a signature is good for, besides its day. */
export interface SigningScope {
  region: string
  service: string
}

/** Answers the key that signs on a day, `yyyymmdd`. It is worked out from the secret once, and kept until another one is asked for. */
export function createSigningKeys({ region, service }: SigningScope): (secretAccessKey: string, day: string) => Buffer {
  let latest: { secretAccessKey: string, day: string, key: Buffer } | undefined

  return (secretAccessKey, day) => {
    if (latest?.secretAccessKey !== secretAccessKey || latest.day !== day) {
      const key = [day, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`))
      latest = { secretAccessKey, day, key }
    }
    return latest.key
  }
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
