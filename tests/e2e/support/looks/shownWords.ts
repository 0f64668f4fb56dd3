import type { Page } from 'playwright-core'
import en from '~/i18n/locales/en.json'
import zhCN from '~/i18n/locales/zh-CN.json'
import { flatten } from '~/tests/support/catalogues'

export type Language = 'en' | 'zh-CN'

const english = flatten(en)
const chinese = flatten(zhCN)
/** Such as `errors.offline.title`, alone or within other words. */
const rawKey = new RegExp(`(?<![\\w./-])(?:${Object.keys(en).join('|')})\\.[a-zA-Z_]+(?:\\.[a-zA-Z_]+)*(?![\\w.]*\\w)`)
const han = /\p{Script=Han}/u
/** Two words of Latin letters in a row: nothing that a Chinese sentence holds, names of things set aside. */
const latinPhrase = /[a-z]{2,}[ ,;:]+[a-z]{3,}/i

/** Makes of `{count} files added.` what fits any filling of it. */
function fitting(message: string): RegExp {
  return new RegExp(`^${message.split(/\{\w+\}/).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`, 's')
}

const englishOnly = Object.entries(english)
  .filter(([key, message]) => message !== chinese[key] && /[a-z]{3}/i.test(message.replaceAll(/\{\w+\}/g, '')))
  .map(([key, message]) => ({ key, pattern: fitting(message) }))

/** Changes the page's language in place, as the settings do. */
export async function speak(page: Page, language: Language) {
  await page.evaluate(async (code) => {
    const { useNuxtApp } = window as unknown as { useNuxtApp(): { $i18n: { setLocale(code: string): Promise<void> } } }
    await useNuxtApp().$i18n.setLocale(code)
  }, language)
  await page.locator(`html[lang="${language}"]`).waitFor({ state: 'attached' })
}

/** Keys of the catalogue in the place of words, and words of another language: one line for each. */
export async function strangeWordsOf(page: Page, language: Language): Promise<string[]> {
  const words = await page.evaluate(collectWords)
  return words.flatMap((text) => {
    if (rawKey.test(text)) return `a raw key: ${text}`
    if (language === 'en') return han.test(text) ? `Chinese: ${text}` : []
    const left = englishOnly.find(({ pattern }) => pattern.test(text))
    if (left) return `English (${left.key}): ${text}`
    return !han.test(text) && latinPhrase.test(text) ? `English: ${text}` : []
  })
}

/** Everything that is read or heard, but the names of files and what is marked as another language. Runs in the page. */
function collectWords(): string[] {
  const words = [document.title]
  const isOwn = (element: Element | null) => element !== null && element.closest('bdi, code, script, style, [lang]') === document.documentElement
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (isOwn(node.parentElement)) words.push(node.textContent ?? '')
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [alt], [placeholder], [aria-valuetext], [aria-description], [aria-roledescription]')) {
    if (!isOwn(element)) continue
    for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'aria-valuetext', 'aria-description', 'aria-roledescription']) words.push(element.getAttribute(name) ?? '')
  }
  return [...new Set(words.map((text) => text.trim()).filter(Boolean))]
}
