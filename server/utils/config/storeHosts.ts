import { maxStoreHosts } from '#shared/limits'

/** What is wrong with `NUXT_S3_HOSTS`, the further addresses of the bucket. */
export function hostMistakes(hosts: string, bucket: string, isProduction: boolean): string[] {
  const addresses = splitHosts(hosts)
  const mistakes = addresses.flatMap((address, index) => {
    const mistake = addressMistake(address, isProduction) ?? bucketMistake(new URL(address), bucket)
    return mistake ? [`NUXT_S3_HOSTS, address ${index + 1}, ${mistake}`] : []
  })
  if (addresses.length < maxStoreHosts) return mistakes
  return [...mistakes, `NUXT_S3_HOSTS holds ${addresses.length} addresses; ${maxStoreHosts - 1} beside the usual one are the most`]
}

/** Why an address is none that the store can be reached at safely; undefined where it is one. */
export function addressMistake(address: string, isProduction: boolean): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return 'is not an http(s) URL'
  if (url.username || url.password || url.search || url.hash) return 'must hold nothing but scheme, host, port and path'
  return isProduction && url.protocol !== 'https:' && !isLoopback(url.hostname) ? 'must be https in production' : undefined
}

/** Where `/key` is appended, the bucket is the end of the path, or the beginning of the host name and the path is empty. */
function bucketMistake({ hostname, pathname }: URL, bucket: string): string | undefined {
  const path = pathname.replace(/\/$/, '')
  const isThere = path === '' ? hostname.startsWith(`${bucket}.`) : path.endsWith(`/${bucket}`)
  return bucket === '' || isThere ? undefined : 'does not name the bucket: neither is the host name bucket.… nor does the path end with /bucket'
}

/** Comma-separated addresses, each without a slash at its end. */
export function splitHosts(hosts: string): string[] {
  return hosts.split(',').map((address) => address.trim().replace(/\/+$/, '')).filter((address) => address !== '')
}

function isLoopback(hostname: string): boolean {
  return /(?:^|\.)localhost$/.test(hostname) || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
