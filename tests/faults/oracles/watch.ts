import type { BrowserContext, Page } from 'playwright-core'
import type { Sighting } from './evidence'

type Row = Omit<Sighting, 'atMs' | 'page'>

/** Sees what the pages of a browser show of their uploads, each time that it changes. */
export interface Watch {
  sightings: readonly Sighting[]
  /** How often a page ended, by a reload, a kill, or another address. */
  endings(): number
  over(context: BrowserContext): Promise<void>
  /** Resolves when everything that the pages show by now is among the sightings. */
  flush(): Promise<void>
}

export function createWatch(): Watch {
  const sightings: Sighting[] = []
  const pages = new Map<Page, string>()
  let endings = 0

  function nameOf(page: Page): string {
    const name = pages.get(page) ?? `page ${pages.size + 1}`
    pages.set(page, name)
    return name
  }

  /** Nobody sees any longer what this page shows. */
  function leave(page: string) {
    const last = new Map(sightings.filter((sighting) => sighting.page === page).map((sighting) => [sighting.id, sighting]))
    const left = [...last.values()].filter(({ status }) => !['gone', 'away', 'completed'].includes(status))
    for (const sighting of left) sightings.push({ ...sighting, atMs: Date.now(), status: 'away', reason: undefined })
    if (left.length > 0) endings += 1
  }

  return {
    sightings,
    endings: () => endings,
    async over(context) {
      await context.exposeBinding('ladingSeen', ({ page }, row: Row | undefined) => {
        if (row) sightings.push({ ...row, atMs: Date.now(), page: nameOf(page) })
        else leave(nameOf(page))
      })
      context.on('page', (page) => {
        page.once('close', () => { leave(nameOf(page)) })
      })
      await context.addInitScript(watchRows)
    },
    async flush() {
      // What a page has told before it answers is here when it has answered.
      for (const page of pages.keys()) if (!page.isClosed()) await page.evaluate(() => document.title)
    },
  }
}

/** Runs in the page, before anything of ours. */
function watchRows() {
  const tell = (globalThis as unknown as { ladingSeen(row?: unknown): Promise<void> }).ladingSeen
  if (globalThis.self !== globalThis.top) return
  void tell()
  const shown = new Map<string, { row: Record<string, unknown>, text: string }>()

  function look() {
    const here = new Set<string>()
    for (const element of document.querySelectorAll<HTMLElement>('[data-testid="upload-row"]')) {
      const { uploadId: id = '', fileName: name, status, reason } = element.dataset
      const error = element.querySelector<HTMLElement>('[data-testid="upload-error"]')
      const sent = element.querySelector<HTMLElement>('[data-testid="upload-sent-bytes"]')?.dataset.bytes
      here.add(id)
      see(id, {
        id, name, status, reason,
        code: error?.dataset.code,
        advice: error?.querySelector('p:last-child')?.textContent?.trim(),
        sentBytes: sent === undefined ? undefined : Number(sent),
        sha256: element.querySelector('[data-testid="upload-sha256"]')?.textContent?.trim(),
      })
    }
    for (const [id, { row }] of shown) {
      if (here.has(id)) continue
      shown.delete(id)
      void tell({ ...row, status: 'gone', reason: undefined })
    }
  }

  function see(id: string, row: Record<string, unknown>) {
    const text = JSON.stringify(row)
    if (shown.get(id)?.text === text) return
    shown.set(id, { row, text })
    void tell(row)
  }

  new MutationObserver(look).observe(document, { attributes: true, childList: true, characterData: true, subtree: true })
}
