import type { Check } from '~/scripts/bucket/finding'
import { fault, ok, warning } from '~/scripts/bucket/finding'
import { ask } from '~/scripts/bucket/storeCall'

const noticedMs = 60_000
/** A URL lasts 15 minutes from the time at which it says that it was signed; a third of that is too much to lose. */
const harmfulMs = 5 * 60_000

/**
 * Whether this machine's clock agrees with the store's. The SDK finds a wrong clock out and makes up for it, but presigned URLs are signed by
 * the clock as it is: then everything seems to work, and every part is refused.
 */
export const clock: Check = {
  id: 'clock',
  title: 'Clock',
  needs: ['address'],
  async run({ gateway }) {
    const [origin = ''] = await gateway.origins()
    const askedAt = Date.now()
    const date = (await ask(origin)).headers.get('date')
    const tookMs = Date.now() - askedAt
    if (date === null) return ok('not compared: the store does not say what time it is')
    // The header has whole seconds, cut off.
    const aheadMs = askedAt + tookMs / 2 - (Date.parse(date) + 500)
    const offMs = Math.abs(aheadMs)
    if (offMs < noticedMs + tookMs / 2) return ok('this machine\'s agrees with the store\'s')
    const says = `This machine's clock is ${describe(offMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the store's. Presigned URLs are ${offMs < harmfulMs ? 'good for less time' : 'refused, and with them every part'}.`
    const cure = { says: 'Let the clock be set from the network (chrony or ntpd do the same). Where it is the store\'s that is wrong, set that one.', commands: ['sudo timedatectl set-ntp true'] }
    return offMs < harmfulMs ? warning(says, cure) : fault(says, cure)
  },
}

function describe(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`
}
