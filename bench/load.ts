import type { StoreName } from './load/options'
import type { Series } from './load/series'
import { readFile, writeFile } from 'node:fs/promises'
import { argv, exit } from 'node:process'
import { describeCosts } from './load/costs'
import { canHaveCeph } from '~/scripts/ceph/packages'
import buildSite from '~/tests/e2e/support/build'
import { onCore } from './cores'
import { withStore } from './load/behind'
import { peopleOfStandIn } from './load/fleet'
import { readOptions } from './load/options'
import { meantPartBytes, partMs, sentPartBytes } from './load/people'
import { replaceSection } from './load/sections'
import { measureSeries, settleSeconds } from './load/series'
import { describeErrors, writeEnd, writeReadings, writeShares } from './load/table'
import { describeLoad, machineFacts } from './machine'
import { showMs } from './figures'
import { KiB, MiB } from '#shared/limits'

/**
 * `npm run load`: how many people one instance on one core bears, until p99 of `sign` passes 500 ms, and what is in the way first. Writes the section
 * of the store that is behind it in `reports/load.md`, to be committed; the rest of that file stays as it is.
 */
const reportPath = 'reports/load.md'
const cores = { serverCore: 0, otherCore: 1 }
const titles: Record<StoreName, string> = { ceph: 'Ceph behind it', local: 'The local store behind it' }

const intro = [
  '# One instance on one core',
  '',
  '`npm run load` sets more and more people at one built server until p99 of `sign` passes 500 ms. The server has one core to itself, with its usual limits; store and clients share the other one.',
  '',
  `A client who sends is the page's own engine, in Node, with a session and an address of its own. It sends one file after the other, of 128 to 896 MiB, as over a line of 100 Mbit/s: each part occupies that line`
  + ` for the ${showMs(partMs)} that ${meantPartBytes / MiB} MiB take, and then ${sentPartBytes / KiB} KiB of it go to the store over a real socket. So the server and the store get as many requests as from such a person, and the store nearly none of the bytes:`
  + ' with them the one core for clients and store would be full with a handful of people.',
  '',
  `A client who is stood in for is nobody's engine: a stand-in makes the sign calls of ${peopleOfStandIn} people, as many parts in each as the engines' calls had, as often as that line takes them, in one session and for one upload that is opened once.`
  + ' It sends no part and completes nothing; it is there because the engines fill their core long before the server\'s is full.',
  '',
  `"GB/s signed for" is the number of parts signed a second times ${meantPartBytes / MiB} MiB. Where people have just begun, URLs were signed ahead of the seconds that were looked at, so that fewer parts were signed in them than stored. CPU is of one core. The clients' lateness is how late their own timers are: what is seen of an answer is never more exact than that.`,
  '',
].join('\n')

async function load() {
  const options = readOptions(argv.slice(2))
  const store = options.store ?? (await canHaveCeph() ? 'ceph' : 'local')
  const quietness = describeLoad()
  if (process.env.LADING_BUILT !== '1') buildSite()
  const series = await onCore(cores.otherCore, () => withStore(store, (running) => measureSeries(running, { ...options, ...cores }, (reading) => console.log(writeReadings([reading]).at(-1)))))
  const section = [
    `${new Date().toISOString().slice(0, 10)}: ${machineFacts()}. ${quietness} Each number was looked at for ${options.seconds} s, after ${settleSeconds} s in which those who came to send began.`,
    '',
    ...describe(series),
  ]
  const report = await readFile(reportPath, 'utf8').catch(() => intro)
  await writeFile(reportPath, replaceSection(report, titles[store], section))
}

function describe({ sending, asking, partsACall, shares }: Series): string[] {
  return [
    ...writeReadings([...sending, ...asking]),
    '',
    writeEnd('Those who send', sending),
    ...asking.length > 0 ? [`${writeEnd('Those who ask', asking)} Their calls were for ${partsACall} parts.`] : [],
    describeCosts(sending, asking),
    describeErrors([...sending, ...asking]),
    '',
    'Where the server\'s time went in ten seconds under the load of the last row, by V8\'s profile; what Node does counts for whoever called it:',
    '',
    ...writeShares(shares),
  ]
}

load().then(() => exit(0), (error: Error) => {
  console.error(error.message)
  exit(1)
})
