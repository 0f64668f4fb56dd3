import type { ParseArgsConfig, ParseArgsOptionsConfig } from 'node:util'
import { parseArgs } from 'node:util'

type Values<Options extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<ParseArgsConfig & { options: Options }>>['values']

/** The command's options; `--help` prints the usage and ends, and what is not understood ends with 2. */
export function readArguments<const Options extends ParseArgsOptionsConfig>(options: Options, usage: string): Values<Options> {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean' as const } } })
    if (!values.help) return values as Values<Options>
    console.log(usage)
    process.exit(0)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exit(2)
  }
}
