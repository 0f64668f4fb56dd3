import type { H3Event } from 'h3'
import { getRequestHeaders } from 'h3'
import { useConfig } from '~/server/utils/config/useConfig'
import { callerAddress } from './callerAddress'

/** Where a call comes from, as far as that can be believed: something to count by. */
export function clientAddress(event: H3Event): string {
  const { trustedProxies } = useConfig().rates
  const isOnVercel = import.meta.preset?.startsWith('vercel') ?? false
  return callerAddress({ socketAddress: event.node.req.socket.remoteAddress, headers: getRequestHeaders(event) }, { trustedProxies, isOnVercel })
}
