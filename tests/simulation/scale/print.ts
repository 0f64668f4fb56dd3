import { stdout } from 'node:process'

/** What was measured, for whoever reads along and for the report. */
export function print(line: string): void {
  stdout.write(`${line}\n`)
}
