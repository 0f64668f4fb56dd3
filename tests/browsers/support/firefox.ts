import type { Engine } from './engine'
import { execFileSync } from 'node:child_process'
import { eventually } from '~/tests/e2e/support/eventually'
import { connectBidi } from './bidi'
import { killGroup, startGroup } from './process'

const program = 'firefox-esr'

/** By WebDriver BiDi, which Firefox speaks itself. */
export const firefox: Engine = {
  name: 'Firefox',
  keepsProfile: true,
  hasFileHandles: false,
  sends: 'Blob',
  version: () => execFileSync(program, ['--version']).toString().trim(),
  async start(profile) {
    const child = startGroup(program, ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile])
    const address = await eventually('Firefox says where it listens', () => {
      if (child.exitCode !== null) throw new Error(`Firefox has ended:\n${child.output()}`)
      return /WebDriver BiDi listening on (ws:\S+)/.exec(child.output())?.[1]
    })
    const bidi = await connectBidi(`${address}/session`)
    await bidi.send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true, unhandledPromptBehavior: { default: 'accept' } } } })
    const { context } = await bidi.send<{ context: string }>('browsingContext.create', { type: 'tab' })

    async function find(selector: string): Promise<{ sharedId: string }> {
      return await eventually(`there is ${selector}`, async () => {
        const { nodes } = await bidi.send<{ nodes: { sharedId: string }[] }>('browsingContext.locateNodes', { context, locator: { type: 'css', value: selector } })
        return nodes[0] && { sharedId: nodes[0].sharedId }
      })
    }

    return {
      open: async (url) => void await bidi.send('browsingContext.navigate', { context, url, wait: 'complete' }),
      reload: async () => void await bidi.send('browsingContext.reload', { context, wait: 'complete' }),
      pick: async (selector, paths) => void await bidi.send('input.setFiles', { context, element: await find(selector), files: paths }),
      async click(selector) {
        await bidi.send('script.callFunction', {
          functionDeclaration: '(element) => element.click()', arguments: [await find(selector)], awaitPromise: false, target: { context }, userActivation: true,
        })
      },
      async run(body) {
        const { result } = await bidi.send<{ result: { value: string } }>('script.evaluate', {
          expression: `JSON.stringify((() => { ${body} })() ?? null)`, awaitPromise: false, target: { context },
        })
        return JSON.parse(result.value)
      },
      async kill() {
        bidi.close()
        await killGroup(child)
      },
    }
  },
}
