import { existsSync } from 'node:fs'
import { confPath, findPid, isDaemonName, startDaemon, stopDaemon } from './daemons'
import { readCephSettings } from './settings'

/** One daemon alone, for tests of what happens when it dies: `kill` is `kill -9`, `start` brings it back with its data. */
const [action, name] = process.argv.slice(2)
if (!isDaemonName(name) || (action !== 'kill' && action !== 'start')) {
  console.error('npm run ceph:daemon -- kill|start mon|osd|rgw')
  process.exit(2)
}
const settings = readCephSettings()
if (!existsSync(confPath(settings))) {
  console.error(`There is no cluster in ${settings.dir}: npm run ceph:up`)
  process.exit(1)
}
if (action === 'start') await startDaemon(settings, name)
else if (findPid(settings, name) === undefined) {
  console.error(`${name} does not run.`)
  process.exit(1)
} else await stopDaemon(settings, name, 'SIGKILL')
