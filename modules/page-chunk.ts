import { defineNuxtModule } from 'nuxt/kit'
import type { Rollup } from 'vite'

const page = '/pages/index.vue'

/**
 * Keeps the page a chunk that the server knows. What is loaded on demand shares components with it; by default Rollup would leave these in the page's chunk
 * and make that an anonymous one, which the server can't name in the HTML: the browser would find it only after it has read the entry.
 */
export default defineNuxtModule({
  meta: { name: 'page-chunk' },
  setup(_options, nuxt) {
    nuxt.hook('vite:extendConfig', (config, { isClient }) => {
      if (!isClient || nuxt.options.dev) return
      const output = config.build?.rollupOptions?.output
      if (!output || Array.isArray(output)) throw new Error('The client is expected to have one output')
      output.manualChunks = besideThePage()
    })
  },
})

/** All that the page imports, and nothing does that is there before it, goes into one chunk beside the page's own. */
function besideThePage(): Rollup.GetManualChunk {
  let ofPage: Set<string> | undefined

  return (id, { getModuleIds, getModuleInfo }) => {
    function reachedFrom(isStart: (id: string) => boolean): Set<string> {
      const reached = new Set([...getModuleIds()].filter(isStart))
      for (const from of reached) {
        for (const imported of getModuleInfo(from)?.importedIds ?? []) reached.add(imported)
      }
      return reached
    }

    if (!ofPage) {
      const before = reachedFrom((start) => getModuleInfo(start)?.isEntry === true)
      ofPage = new Set([...reachedFrom((start) => start.endsWith(page))].filter((reached) => !before.has(reached) && !reached.endsWith(page)))
    }
    return ofPage.has(id) ? 'page' : undefined
  }
}
