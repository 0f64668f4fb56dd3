import type { Plugin } from 'vite'
import type { Mutant } from './mutants'

/** Puts one bug into the engine as it is loaded; the sources stay as they are. Throws where the place is not found exactly once. */
export function mutate({ name, file, find, replace }: Mutant): Plugin {
  return {
    name: `mutate:${name}`,
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith(`/uploader/engine/${file}`)) return undefined
      const found = code.split(find).length - 1
      if (found !== 1) throw new Error(`The bug "${name}" has ${found} places in ${file}: it needs one`)
      return code.replace(find, () => replace)
    },
  }
}
