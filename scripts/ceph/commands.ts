import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** What a program prints. @throws Error with what it complained of, also when it takes longer than `withinMs`. */
export async function run(program: string, args: string[], { withinMs = 120_000, env = process.env }: { withinMs?: number, env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  const { stdout } = await execute(program, args, { timeout: withinMs, env, maxBuffer: 16 * 1024 ** 2 })
  return stdout
}

/**
 * Runs a program that goes on in the background and keeps its output open for as long, so that goes to a file.
 * @throws Error when it ends badly, or is not in the background `withinMs`: then it is killed.
 */
export async function launch(program: string, args: string[], outputPath: string, withinMs = 90_000): Promise<void> {
  const output = openSync(outputPath, 'a')
  const child = spawn(program, args, { stdio: ['ignore', output, output], timeout: withinMs, killSignal: 'SIGKILL' })
  closeSync(output)
  const [code] = await once(child, 'exit') as [number | null]
  if (code !== 0) throw new Error(code === null ? `${program} was killed` : `${program} ended with ${code}`)
}

/** Whether a program ends well. */
export async function succeeds(program: string, args: string[], withinMs = 20_000): Promise<boolean> {
  return await run(program, args, { withinMs }).then(() => true, () => false)
}

const startedAt = performance.now()

/** Progress goes to stderr: stdout is for the settings. */
export function say(text: string): void {
  console.error(`[ceph ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s] ${text}`)
}
