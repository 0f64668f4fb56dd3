import { startCluster } from './cluster'
import { canHaveCeph } from './packages'
import { readCephSettings } from './settings'

/**
 * `npm run ceph:up`: starts a one-node Ceph with its S3 gateway on loopback, and prints how to reach it. For tests only: there is one copy of
 * everything, and the daemons trust whoever reaches them. May be repeated; the data stay until `npm run ceph:down -- --purge`.
 */
if (!await canHaveCeph()) {
  console.error('Ceph is installed from Debian\'s packages: run this as root on Debian 12, for example in a container.')
  process.exit(1)
}
const env = await startCluster(readCephSettings())
console.log(Object.entries(env).map(([name, value]) => `${name}=${value}`).join('\n'))
