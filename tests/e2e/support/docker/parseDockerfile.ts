/** One stage of a Dockerfile: what is done one after the other, and how its container is run. */
export interface Stage {
  name?: string
  /** The image that it starts from, such as `node:24-slim`. */
  image: string
  steps: Step[]
  user?: string
  stopSignal: NodeJS.Signals
  command?: string[]
  healthCheck?: string[]
}

export type Step =
  | { does: 'workdir', path: string }
  | { does: 'env', variables: Record<string, string> }
  | { does: 'copy', from?: string, sources: string[], to: string }
  | { does: 'run', command: string[] }

/** Reads as much of the language as our Dockerfile makes use of. Throws at anything else, so that nothing is left out in silence. */
export function parseDockerfile(text: string): Stage[] {
  const stages: Stage[] = []
  for (const { instruction, rest } of instructions(text)) {
    if (instruction === 'FROM') {
      stages.push(fromStage(rest))
      continue
    }
    const stage = stages.at(-1)
    if (!stage) throw new Error(`${instruction} before FROM`)
    read(stage, instruction, rest)
  }
  return stages
}

function read(stage: Stage, instruction: string, rest: string): void {
  switch (instruction) {
    case 'WORKDIR':
      stage.steps.push({ does: 'workdir', path: rest })
      break
    case 'ENV':
      stage.steps.push({ does: 'env', variables: Object.fromEntries(words(rest).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])) })
      break
    case 'COPY':
      stage.steps.push(copyStep(words(rest)))
      break
    case 'RUN':
      if (stage.user !== undefined) throw new Error('RUN after USER is not understood here')
      stage.steps.push({ does: 'run', command: toCommand(rest) })
      break
    case 'USER':
      stage.user = rest
      break
    case 'STOPSIGNAL':
      stage.stopSignal = rest as NodeJS.Signals
      break
    case 'CMD':
      stage.command = toCommand(rest)
      break
    case 'HEALTHCHECK':
      stage.healthCheck = toCommand(rest.replace(/^.*?\bCMD\s+/, ''))
      break
    case 'EXPOSE':
      break
    default:
      throw new Error(`${instruction} is not understood here`)
  }
}

function fromStage(rest: string): Stage {
  const [image = '', as, name] = words(rest)
  if (as !== undefined && as.toUpperCase() !== 'AS') throw new Error(`FROM ${rest}`)
  return { image, name, steps: [], stopSignal: 'SIGTERM' }
}

function copyStep(all: string[]): Step {
  const flags = all.filter((word) => word.startsWith('--'))
  const paths = all.filter((word) => !word.startsWith('--'))
  if (flags.some((flag) => !flag.startsWith('--from='))) throw new Error(`COPY ${flags.join(' ')} is not understood here`)
  return { does: 'copy', from: flags[0]?.slice('--from='.length), sources: paths.slice(0, -1), to: paths.at(-1) ?? '' }
}

function toCommand(rest: string): string[] {
  return rest.startsWith('[') ? JSON.parse(rest) as string[] : ['/bin/sh', '-c', rest]
}

function words(rest: string): string[] {
  if (/["'\\$]/.test(rest)) throw new Error(`Quotes and variables are not understood here: ${rest}`)
  return rest.split(/\s+/)
}

/** Comments are taken out, and lines that end with `\` go on in the next. */
function instructions(text: string) {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#')).join('\n').replace(/\\\n/g, ' ').split('\n')
  return lines.filter((line) => line.trim() !== '').map((line) => {
    const [, instruction = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? []
    return { instruction: instruction.toUpperCase(), rest }
  })
}
