import type { Engine } from './engine'
import { execFileSync } from 'node:child_process'
import { eventually } from '~/tests/e2e/support/eventually'
import { freePort } from '~/tests/e2e/support/processes'
import { killGroup, startGroup } from './process'

const driver = 'WebKitWebDriver'
const binary = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'
/** The name under which WebDriver refers to an element. */
const elementKey = 'element-6066-11e4-a52e-4f735466cecf'

/** WebKitGTK's own MiniBrowser, by classic WebDriver. */
export const webkit: Engine = {
  name: 'WebKit',
  // A browser under automation remembers nothing.
  keepsProfile: false,
  hasFileHandles: false,
  sends: 'ArrayBuffer',
  version: () => `WebKitGTK ${execFileSync('dpkg-query', ['-W', '-f=${Version}', 'webkit2gtk-driver']).toString().trim()}`,
  async start() {
    const port = await freePort()
    const child = startGroup('xvfb-run', ['-a', driver, `--port=${port}`, '--host=127.0.0.1'])
    const base = `http://127.0.0.1:${port}`
    await eventually('the driver answers', async () => {
      if (child.exitCode !== null) throw new Error(`The driver has ended:\n${child.output()}`)
      return await fetch(`${base}/status`).then((answer) => answer.ok, () => false)
    })

    async function call<T>(path: string, body?: unknown): Promise<T> {
      const answer = await fetch(`${base}${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
      const { value } = await answer.json() as { value: T & { error?: string, message?: string } }
      if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`)
      return value
    }

    const { sessionId } = await call<{ sessionId: string }>('/session', {
      capabilities: { alwaysMatch: { 'acceptInsecureCerts': true, 'unhandledPromptBehavior': 'accept', 'webkitgtk:browserOptions': { binary, args: ['--automation'] } } },
    })
    const session = `/session/${sessionId}`

    async function find(selector: string): Promise<string> {
      return await eventually(`there is ${selector}`, async () => {
        const [first] = await call<Record<string, string>[]>(`${session}/elements`, { using: 'css selector', value: selector })
        return first?.[elementKey]
      })
    }

    return {
      open: async (url) => void await call(`${session}/url`, { url }),
      reload: async () => void await call(`${session}/refresh`, {}),
      pick: async (selector, paths) => void await call(`${session}/element/${await find(selector)}/value`, { text: paths.join('\n') }),
      click: async (selector) => void await call(`${session}/element/${await find(selector)}/click`, {}),
      run: async (body) => JSON.parse(await call<string>(`${session}/execute/sync`, { script: `return JSON.stringify((() => { ${body} })() ?? null)`, args: [] })),
      kill: () => killGroup(child),
    }
  },
}
