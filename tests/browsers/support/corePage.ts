import type { EnginePage } from './engine'
import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { eventually } from '~/tests/e2e/support/eventually'

const testId = (id: string) => `[data-testid="${id}"]`

/** The page as the core story needs it, in whichever engine. Found by test ids, never by words. */
export function createCorePage(page: EnginePage) {
  const row = (name: string, more = '') => `${testId('upload-row')}[data-file-name=${JSON.stringify(name)}]${more}`

  /** How many elements fit. */
  const count = (selector: string) => page.run<number>(`return document.querySelectorAll(${JSON.stringify(selector)}).length`)

  async function until(what: string, selector: string, isSo = (found: number) => found > 0) {
    await eventually(what, async () => isSo(await count(selector)), 120_000)
  }

  return {
    ...page,
    count,
    row,
    offers: () => count(testId('resume-offer')),

    add: (...files: SampleFile[]) => page.pick(testId('file-input'), files.map(({ path }) => path)),
    continueWith: (file: SampleFile) => page.pick(`${testId('resume-offer')} ${testId('continue-input')}`, [file.path]),
    press: (name: string, button: string) => page.click(`${row(name)} ${testId(button)}`),

    untilOffered: () => until('an unfinished upload is offered', testId('resume-offer')),
    untilStatus: (name: string, status: string) => until(`${name} is ${status}`, row(name, `[data-status="${status}"]`)),
    untilRefused: (code: string) => until(`it is refused with ${code}`, `${testId('upload-error')}[data-code="${code}"]`),

    sha256: (name: string) => page.run<string>(`return document.querySelector(${JSON.stringify(`${row(name)} ${testId('upload-sha256')}`)})?.textContent?.trim()`),
    status: (name: string) => page.run<string>(`return document.querySelector(${JSON.stringify(row(name))})?.dataset.status`),

    async discard(name: string) {
      await page.click(`${row(name)} ${testId('discard')}`)
      await page.click(testId('confirm-discard'))
      await until('the row is gone', row(name), (found) => found === 0)
    },

    /** From now on the page remembers of which kind the bodies of its parts are. */
    watchBodies: () => page.run(`
      window.kinds = []
      const { send } = XMLHttpRequest.prototype
      XMLHttpRequest.prototype.send = function (body) {
        if (body) window.kinds.push(Object.prototype.toString.call(body).slice(8, -1))
        send.call(this, body)
      }`),
    bodies: () => page.run<string[]>('return [...new Set(window.kinds)]'),
  }
}

export type CorePage = ReturnType<typeof createCorePage>
