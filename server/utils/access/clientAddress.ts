import type { H3Event } from 'h3'

/** Where a call comes from: the other end of the connection. What a header says of it, anybody can write. */
export function clientAddress(event: H3Event): string {
  return event.node.req.socket.remoteAddress ?? 'unknown'
}
