import { parseArgs } from 'node:util'

export interface Arguments {
  /** Of `--origin`, which can be repeated. */
  origins: string[]
  /** Whether the command's one flag is there. */
  hasFlag: boolean
}

/** `--help` prints the usage and ends with 0; what is not understood ends with 2. */
export function readArguments(flag: string, usage: string): Arguments {
  try {
    const { values } = parseArgs({ options: { origin: { type: 'string', multiple: true }, help: { type: 'boolean' }, [flag]: { type: 'boolean' } } })
    if (!values.help) return { origins: [values.origin ?? []].flat().map(String), hasFlag: values[flag] === true }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exit(2)
  }
  console.log(usage)
  process.exit(0)
}
