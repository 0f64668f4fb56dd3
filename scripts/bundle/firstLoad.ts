import { parseAst } from 'vite'

/** A script of the built page. */
export interface Script {
  /** As in `/_nuxt/name.js`. */
  name: string
  /** What names it: a tag of the page, or another script. */
  because: string
}

/** What is known of the build: its files, and which of them holds what source. */
export interface Build {
  read(name: string): string
  /** The file that the source at this path went into; undefined where it has none of its own. */
  fileOf(source: string): string | undefined
}

const folder = '/_nuxt/'

/**
 * The scripts that a browser fetches before the page works: those that its HTML names in `script` and `modulepreload`
 * tags, and all that these import statically. (The words of its language come as JSON, `/_i18n/…`.)
 */
export function firstLoad(html: string, { read }: Pick<Build, 'read'>): Script[] {
  const found = new Map<string, Script>()

  function add(name: string, because: string) {
    if (found.has(name)) return
    found.set(name, { name, because })
    for (const imported of staticImports(read(name))) add(imported, `imported by ${name}`)
  }

  for (const { name, tag } of taggedScripts(html)) add(name, tag)
  return [...found.values()]
}

/** What the page fetches by itself once it works, and nothing that came before. */
export function loadedLater(first: readonly Script[], { read, fileOf }: Build, sources: readonly string[]): Script[] {
  const known = new Set(first.map(({ name }) => name))
  const later: Script[] = []

  function add(name: string, because: string) {
    if (known.has(name)) return
    known.add(name)
    later.push({ name, because })
    for (const imported of staticImports(read(name))) add(imported, `imported by ${name}`)
  }

  for (const source of sources) {
    const file = fileOf(source)
    if (file === undefined) throw new Error(`The build has no script for ${source}`)
    add(file, source)
  }
  return later
}

function taggedScripts(html: string): { name: string, tag: string }[] {
  return [...html.matchAll(/<(?:script|link)\b[^>]*>/g)].flatMap(([tag]) => {
    const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
    const isPreload = attribute('rel') === 'modulepreload'
    const address = isPreload ? attribute('href') : tag.startsWith('<script') ? attribute('src') : ''
    if (!address) return []
    if (!address.startsWith(folder)) throw new Error(`The page loads a script from elsewhere: ${address}`)
    return [{ name: address.slice(folder.length), tag: isPreload ? 'modulepreload' : 'script' }]
  })
}

function staticImports(code: string): string[] {
  const { body } = parseAst(code)
  return body.flatMap((statement) => {
    const isImport = statement.type === 'ImportDeclaration' || statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportAllDeclaration'
    const source = isImport ? statement.source?.value : undefined
    return typeof source === 'string' && source.startsWith('./') ? [source.slice(2)] : []
  })
}
