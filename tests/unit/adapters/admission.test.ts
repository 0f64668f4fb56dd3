import type { AccessMessage } from '~/uploader/adapters/accessChannel'
import { describe, expect, it } from 'vitest'
import { LadingError } from '#shared/errors'
import { createAdmission } from '~/uploader/adapters/admission'

/** One browser: its cookie, its memory, and its tabs. */
function createBrowser({ arePersons = true } = {}) {
  const browser = { cookie: undefined as string | undefined, isServerThere: true, memory: undefined as string | undefined, asked: 0 }
  const hearers = new Set<(message: AccessMessage) => void>()

  function openTab() {
    const told: string[] = []
    const heard: string[] = []
    let hear: ((message: AccessMessage) => void) | undefined
    const admission = createAdmission({
      arePersons,
      calls: {
        async session() {
          browser.asked++
          if (!browser.isServerThere) throw new LadingError('server_unreachable', 'Down')
          if (browser.cookie === undefined) throw new LadingError('sign_in', 'Nobody')
          const terms = { digestAlgorithm: 'md5' as const, isDigestEnforced: true, limits: { minPartBytes: 1, maxPartBytes: 2, maxParts: 1, maxFileBytes: 1 }, storeOrigins: ['x'] }
          return { ...terms, quota: { maxOpenUploads: 10 }, owner: browser.cookie, person: browser.cookie.toUpperCase() }
        },
        enter: async (passcode) => { browser.cookie = passcode },
        leave: async () => { browser.cookie = undefined },
      },
      memory: { latest: async () => browser.memory, put: async (owner) => { browser.memory = owner } },
      channel: {
        tell: (message) => { for (const other of hearers) if (other !== hear) other(message) },
        listen(listener) {
          hear = listener
          hearers.add(listener)
          return () => void hearers.delete(listener)
        },
      },
      listener: {
        told: ({ owner }) => heard.push(owner),
        entered: (person) => told.push(`entered ${person}`),
        refused: () => told.push('refused'),
        unknown: () => told.push('unknown'),
        over: () => told.push('over'),
      },
    })
    let isKnown = false
    // As the engine does, which is told what the page was told.
    void admission.begin().then(async () => {
      isKnown = true
      await admission.session().catch(() => {})
    })
    return { admission, told, heard, isKnown: () => isKnown }
  }
  return { browser, openTab }
}

const soon = () => new Promise((resolve) => setTimeout(resolve))

describe('a page', () => {
  it('waits for somebody to sign in before it is known whose it is, and then goes on in all tabs', async () => {
    const { openTab, browser } = createBrowser()
    const [one, two] = [openTab(), openTab()]
    await soon()
    expect([one.told, two.told, one.isKnown()]).toEqual([['refused'], ['refused'], false])
    await one.admission.enter('ann')
    await soon()
    expect([one.told, two.told]).toEqual([['refused', 'entered ANN'], ['refused', 'entered ANN']])
    expect([one.isKnown(), two.isKnown(), browser.memory]).toEqual([true, true, 'ann'])
    expect(two.admission.owner).toBe('ann')
  })

  it('asks once at the start, though the engine wants to know as well', async () => {
    const { openTab, browser } = createBrowser()
    browser.cookie = 'ann'
    const { heard } = openTab()
    await soon()
    expect([browser.asked, heard]).toEqual([1, ['ann']])
  })

  it('goes on with the same person after the session has ended, and is over with another one', async () => {
    const { openTab, browser } = createBrowser()
    browser.cookie = 'ann'
    const { admission, told, heard } = openTab()
    await soon()
    browser.cookie = undefined
    await expect(admission.session()).rejects.toMatchObject({ code: 'sign_in' })
    browser.cookie = 'ann'
    await admission.session()
    expect(told).toEqual(['entered ANN', 'refused', 'entered ANN'])
    browser.cookie = 'ben'
    await expect(admission.session()).rejects.toMatchObject({ code: 'sign_in' })
    expect([told.at(-1), admission.owner]).toEqual(['over', 'ann'])
    expect(heard).toEqual(['ann', 'ann'])
  })

  it('is over in all tabs when its person signs out, and in the others when somebody else comes', async () => {
    const { openTab, browser } = createBrowser()
    browser.cookie = 'ann'
    const [one, two] = [openTab(), openTab()]
    await soon()
    await one.admission.leave()
    expect([one.told.at(-1), two.told.at(-1), browser.memory]).toEqual(['over', 'over', undefined])
    const three = openTab()
    await soon()
    await three.admission.enter('ben')
    await soon()
    expect([two.told.at(-1), two.admission.owner]).toEqual(['over', 'ann'])
  })

  it('that was put away hears nothing meanwhile, and asks who is there when it is back', async () => {
    const { openTab, browser } = createBrowser()
    browser.cookie = 'ann'
    const [one, two] = [openTab(), openTab()]
    await soon()
    two.admission.suspend()
    await one.admission.leave()
    browser.cookie = 'ben'
    await soon()
    expect(two.told).toEqual(['entered ANN'])
    const { asked } = browser
    two.admission.wake()
    two.admission.wake()
    await soon()
    expect([two.told, two.admission.owner]).toEqual([['entered ANN', 'over'], 'ann'])
    expect(browser.asked).toBe(asked + 1)
  })

  it('shows what the last owner left while the server can not be asked, and nothing after a sign-out', async () => {
    const { openTab, browser } = createBrowser()
    browser.isServerThere = false
    browser.memory = 'ann'
    const offline = openTab()
    await soon()
    expect([offline.told, offline.isKnown(), offline.admission.owner]).toEqual([['unknown'], true, 'ann'])
    browser.memory = undefined
    const after = openTab()
    await soon()
    expect(after.admission.owner).toBeUndefined()
  })

  it('of a browser that is an owner itself is not over when it becomes another one', async () => {
    const { openTab, browser } = createBrowser({ arePersons: false })
    browser.cookie = 'one'
    const { admission, told } = openTab()
    await soon()
    browser.cookie = 'two'
    await admission.session()
    expect([told, admission.owner]).toEqual([['entered ONE', 'entered TWO'], 'two'])
  })
})
