import { parseArgs } from 'node:util'
import { stopCluster } from './cluster'
import { readCephSettings } from './settings'

/** `npm run ceph:down [-- --purge]`: stops what `ceph:up` started; with `--purge` its data are gone as well. The packages stay. */
const { values } = parseArgs({ options: { purge: { type: 'boolean' } } })
await stopCluster(readCephSettings(), values)
