import { isIPv4, isIPv6 } from 'node:net'

export interface Caller {
  /** The other end of the connection. */
  socketAddress: string | undefined
  /** By lower-case name. */
  headers: Record<string, string | undefined>
}

export interface AddressOptions {
  /** How many proxies before the server are the operator's own. */
  trustedProxies: number
  isOnVercel: boolean
}

/**
 * Where a call comes from, as something to count by: an IPv4 address, or the first half of an IPv6 one, for a single line has
 * all of the second. Headers are believed only as far as they were written by proxies that are trusted: each adds the
 * address that it was called from at the end of `X-Forwarded-For`, behind whatever the caller has written there.
 */
export function callerAddress({ socketAddress = '', headers }: Caller, { trustedProxies, isOnVercel }: AddressOptions): string {
  const said = isOnVercel && trustedProxies === 0 ? headers['x-vercel-forwarded-for'] : forwardedFor(headers['x-forwarded-for'], trustedProxies)
  return networkOf(said ?? '') ?? networkOf(socketAddress) ?? 'unknown'
}

function forwardedFor(header: string | undefined, trustedProxies: number): string | undefined {
  return trustedProxies === 0 ? undefined : header?.split(',').at(-trustedProxies)
}

function networkOf(text: string): string | undefined {
  const address = withoutPort(text.trim()).replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIPv4(address)) return address
  return isIPv6(address) ? firstHalf(address) : undefined
}

/** Some proxies add it: `192.0.2.1:443`, `[2001:db8::1]:443`. */
function withoutPort(text: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(text)?.[1] ?? text
}

function firstHalf(address: string): string {
  const [head = [], tail] = address.split('::').map((groups) => groups.split(':').filter(Boolean))
  const groups = [...head]
  // `::` stands for as many zeros as are missing; more of them than that change nothing in the first half.
  if (tail) groups.push(...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0'), ...tail)
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
