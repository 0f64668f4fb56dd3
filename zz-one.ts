import { runnerImport } from 'vite'
const root = process.cwd() + '/'
const opts = { root, configFile: false as const, resolve: { alias: { '#shared': `${root}shared`, '~': root.slice(0, -1) } } }
const { module: m } = await runnerImport<any>(`${root}tests/simulation/play.ts`, opts)
;(globalThis as any).DBG = true
const story = JSON.parse(process.argv[2]!)
const out = await m.play(story)
console.log(out)
process.exit(0)
