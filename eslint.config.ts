import type { Linter } from 'eslint'
import withNuxt from './.nuxt/eslint.config.mjs'

/**
 * What the files of a folder may import. Nuxt's aliases and auto-imports cross every line in silence, so the walls
 * are held here: what is not listed is refused. Packages are named whole or by prefix.
 */
const mayImport: Record<string, string[]> = {
  'shared/**': ['#shared/', 'zod'],
  'uploader/engine/**': ['#shared/', '~/uploader/engine/'],
  'uploader/worker/**': ['#shared/', '~/uploader/engine/ports', '~/uploader/engine/verify/ports', 'hash-wasm'],
  'uploader/adapters/**': ['#shared/', '~/uploader/engine/', '~/uploader/worker/protocol', 'dexie', 'ofetch'],
  'stores/**': ['#shared/', '~/uploader/engine/types', 'pinia', 'vue', 'ofetch'],
  'composables/**': ['#shared/', '~/uploader/engine/types', '~/stores/', 'pinia', 'vue', 'vue-i18n', '@vueuse/core', '#imports', 'ofetch'],
  'components/**': ['#shared/', '~/components/', '~/uploader/engine/types', '~/composables/', 'vue', '@tanstack/vue-virtual', '@vueuse/core', '~icons/'],
  'pages/**': ['#shared/', '~/composables/', 'vue', '~icons/'],
  'plugins/**': ['#shared/', '~/uploader/', '~/stores/', '#imports'],
  'server/api/**': ['#shared/', '~/server/utils/', 'h3'],
  'server/middleware/**': ['#shared/', '~/server/utils/', 'h3'],
  'server/routes/**': ['#shared/', '~/server/utils/', 'h3'],
  'server/tasks/**': ['#shared/', '~/server/utils/', 'nitropack/'],
  'server/plugins/**': ['#shared/', '~/server/utils/', 'h3', '#imports', 'nitropack/'],
  'server/utils/**': ['#shared/', '~/server/utils/', 'h3', '@aws-sdk/', '@smithy/', 'zod', 'rate-limiter-flexible', 'ioredis', 'node:', '#imports', 'nitropack/'],
  'local-s3/**': ['node:', '@smithy/signature-v4', '@smithy/types', '@aws-crypto/sha256-js', 'fast-xml-parser'],
}

/** A pattern that fits everything but the files of the folder itself and what it may import. */
function isOutside(allowed: string[]): string {
  const escaped = ['./', ...allowed].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return `^(?!${escaped.map((name) => (/[/:]$/.test(name) ? name : `${name}(?:/|$)`)).join('|')})`
}

const walls = Object.entries(mayImport).map(([folder, allowed]): Linter.Config => ({
  name: `lading/walls/${folder}`,
  files: [`${folder}/*.ts`, `${folder}/*.vue`],
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ regex: isOutside(allowed), message: `Files in ${folder} may import: ${allowed.join(', ')}.` }] }],
    'no-restricted-syntax': ['error', {
      selector: `ImportExpression > Literal[value=/${isOutside(allowed).replaceAll('/', '\\/')}/]`,
      message: `Files in ${folder} may import: ${allowed.join(', ')}.`,
    }],
  },
}))

export default withNuxt(
  {
    name: 'lading/rules',
    rules: {
      'no-console': 'error',
      'no-alert': 'error',
      'eqeqeq': 'error',
      '@stylistic/operator-linebreak': ['error', 'before', { overrides: { '=': 'ignore' } }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@stylistic/max-statements-per-line': ['error', { max: 2 }],
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': ['error', { singleline: 8, multiline: 1 }],
    },
  },
  ...walls,
  {
    name: 'lading/commands',
    files: ['local-s3/cli.ts', 'scripts/**', 'bench/measure.ts', 'bench/compare.ts', 'bench/load.ts', 'bench/timeline.ts', 'tests/long/**'],
    rules: { 'no-console': 'off' },
  },
)
