import { firstLoad, loadedLater } from '~/scripts/bundle/firstLoad'
import { describe, expect, it } from 'vitest'

const files: Record<string, string> = {
  'entry.js': 'import{a as b}from"./shared.js";import"./side.js";const later=()=>import("./engine.js");export{later}',
  'page.js': 'export*from"./shared.js";export{x}from"./icons.js"',
  'shared.js': 'export const a=1',
  'side.js': '',
  'icons.js': 'import"./entry.js";export const x="from\\"./never.js\\""',
  'engine.js': 'import{a}from"./shared.js";import"./store.js"',
  'store.js': '',
}
const sources: Record<string, string> = { 'join.ts': 'engine.js' }
const build = { read: (name: string) => files[name] ?? '', fileOf: (source: string) => sources[source] }
const html = `<html dir="ltr" lang="en"><head><link nonce="x" rel="modulepreload" as="script" crossorigin href="/_nuxt/entry.js">
<link rel="modulepreload" href="/_nuxt/page.js"><script nonce="x" type="module" src="/_nuxt/entry.js" crossorigin></script>
<link rel="prefetch" as="script" href="/_nuxt/engine.js"><link rel="icon" href="/favicon.svg"><script>inline</script></head>`

const names = (scripts: { name: string }[]) => scripts.map(({ name }) => name).sort()

describe('the first load', () => {
  it('is what the page\'s tags name, and what those import statically; each once', () => {
    expect(names(firstLoad(html, build))).toEqual(['entry.js', 'icons.js', 'page.js', 'shared.js', 'side.js'])
  })

  it('has no script from elsewhere', () => {
    expect(() => firstLoad(html.replace('src="/_nuxt/entry.js"', 'src="https://cdn.example/entry.js"'), build)).toThrow('cdn.example')
  })

  it('is not counted again in what comes later, and what comes later has to be there', () => {
    expect(names(loadedLater(firstLoad(html, build), build, ['join.ts']))).toEqual(['engine.js', 'store.js'])
    expect(() => loadedLater([], build, ['gone.ts'])).toThrow('gone.ts')
  })
})
