import { execFileSync } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, posix } from 'node:path'
import { execPath } from 'node:process'
import { isBuildFresh, listBuildContext } from '~/tests/support/buildContext'
import { installNode } from '~/tests/support/installNode'
import type { Stage, Step } from './parseDockerfile'
import { parseDockerfile } from './parseDockerfile'

const output = '.output'

/** What the last stage leaves: the image, as a folder. */
export interface Image {
  /** Where its `/` is. */
  root: string
  workdir: string
  env: Record<string, string>
  stage: Stage
  remove(): Promise<void>
}

export interface PlayOptions {
  /**
   * Plays every step: packages come from the registry, Node is the one that `FROM` names. Otherwise Node is our own, and the build's `RUN`s are left out where the
   * build in `.output` is of the very sources that would be copied.
   * @default false
   */
  isWhole?: boolean
}

/** Plays the Dockerfile as a script, with a folder for each stage's root. Its commands must keep to relative paths, for there is no chroot. */
export async function playDockerfile({ isWhole = false }: PlayOptions = {}): Promise<Image> {
  const home = await mkdtemp(join(tmpdir(), 'lading-image-'))
  // Another user is to run what is in it.
  await chmod(home, 0o755)
  const stages = parseDockerfile(await readFile('Dockerfile', 'utf8'))
  const isReusing = !isWhole && await isBuildFresh(join(output, 'nitro.json'))
  const roots: Record<string, string> = {}
  let last: Omit<Image, 'remove'> | undefined
  for (const [index, stage] of stages.entries()) {
    const root = join(home, String(index))
    const bin = isWhole ? await installNode(join(home, `node-${index}`), majorOf(stage.image)) : dirname(execPath)
    const env: Record<string, string> = { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` }
    let workdir = '/'
    await mkdir(root)
    for (const step of stage.steps) {
      if (step.does === 'workdir') {
        workdir = posix.resolve(workdir, step.path)
        await mkdir(join(root, workdir), { recursive: true })
      } else if (step.does === 'env') {
        Object.assign(env, step.variables)
      } else if (step.does === 'copy') {
        await copy(step, join(root, posix.resolve(workdir, step.to)), step.from === undefined ? undefined : roots[step.from])
      } else if (!isReusing) {
        const [command = '', ...args] = step.command
        execFileSync(command, args, { cwd: join(root, workdir), env: { ...registrySettings(), ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
      }
    }
    if (isReusing && stage.steps.some(({ does }) => does === 'run')) await cp(output, join(root, workdir, output), { recursive: true, verbatimSymlinks: true })
    if (stage.name) roots[stage.name] = root
    last = { root, workdir, env, stage }
  }
  if (!last) throw new Error('The Dockerfile has no stage')
  return { ...last, remove: () => rm(home, { recursive: true, force: true }) }
}

async function copy({ sources, to: asked, from }: Extract<Step, { does: 'copy' }>, to: string, otherRoot: string | undefined): Promise<void> {
  if (from !== undefined && otherRoot === undefined) throw new Error(`There is no stage ${from}`)
  for (const source of sources) {
    if (otherRoot !== undefined) {
      await cp(join(otherRoot, source), to, { recursive: true, verbatimSymlinks: true })
      continue
    }
    const files = (await listBuildContext()).filter((file) => source === '.' || file === source || file.startsWith(`${source}/`))
    if (files.length === 0) throw new Error(`The build context has no ${source}`)
    for (const file of files) await cp(file, source === '.' ? join(to, file) : asked.endsWith('/') ? join(to, basename(file)) : to)
  }
}

/** What this machine's npm needs to reach the registry; of the rest of our environment a build knows nothing. */
function registrySettings(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(?:HOME|npm_config_(?:registry|userconfig|globalconfig|cafile|cache)|(?:NODE_EXTRA_CA|SSL)_CERT\w*|https?_proxy|no_proxy)$/i.test(name)))
}

function majorOf(image: string): number {
  const version = /^node:(\d+)/.exec(image)?.[1]
  if (version === undefined) throw new Error(`${image} brings no Node`)
  return Number(version)
}
