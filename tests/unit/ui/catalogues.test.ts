import { describe, expect, it } from 'vitest'
import { errorStatus } from '#shared/errors'
import type { MilestoneType } from '~/stores/milestones'
import type { Objection } from '~/stores/objections'
import type { VerifyMilestone } from '~/stores/verifications'
import type { PartStatus, UploadStatus, Verdict, WaitReason } from '~/uploader/engine/types'
import type { PartLook } from '~/composables/parts/partLooks'
import type { CheckProgress } from '~/composables/uploadView'
import { readLanguages } from '~/i18n/languages'
import en from '~/i18n/locales/en.json'
import { flatten } from '~/tests/support/catalogues'

// Typed, so that a new state, reason or status does not compile before it is listed here and has its words.
const all = <Word extends string>(words: Record<Word, true>) => Object.keys(words)
const statuses = all<UploadStatus>({
  queued: true, opening: true, proving: true, uploading: true, waiting: true, paused: true, assembling: true, discarding: true, completed: true, failed: true, discarded: true,
}).filter((status) => status !== 'waiting')
const reasons = all<WaitReason>({ offline: true, network: true, server: true, sign_in: true, store_busy: true, store_full: true, other_tab: true, same_file: true })
const partStatuses = all<PartStatus>({ waiting: true, reading: true, ready: true, sending: true, retrying: true, stored: true, proven: true })
const looks = all<PartLook>({ proven: true, stored: true, sending: true, retrying: true, ready: true, todo: true })
const checks = all<CheckProgress['type']>({ proving: true, hashing: true })
const milestones = all<MilestoneType>({ added: true, completed: true, failed: true, paused: true, refused: true, chosen: true, held: true })
const objections = all<Objection>({ file_too_large: true, file_empty_name: true, file_unreadable: true, folder_unreadable: true, folder_empty: true, no_room: true, too_many_open: true, on_list: true, chosen_twice: true })
const verdicts = all<Exclude<Verdict['outcome'], 'identical'>>({ differs: true, differs_somewhere: true, other_length: true, sha256_disagrees: true })
const grounds = all<Extract<Verdict, { by: string }>['by']>({ sha256: true, digests: true })
const verified = all<VerifyMilestone['outcome']>({ identical: true, different: true, failed: true })

function placeholders(message: string | undefined): string[] {
  return [...message?.matchAll(/\{(\w+)\}/g) ?? []].map(([, name]) => String(name)).sort()
}

const english = flatten(en)
// Every file in the folder: a language that is added is held to the same.
const catalogues = await Promise.all(readLanguages().map(async ({ code }) =>
  [code, flatten(((await import(`~/i18n/locales/${code}.json`)) as { default: object }).default)] as const))

it('there are English and Chinese, at least', () => {
  expect(catalogues.map(([code]) => code)).toEqual(expect.arrayContaining(['en', 'zh-CN']))
})

describe.each(catalogues)('the words of %s', (_, words) => {
  it('have the same keys as the English ones', () => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(english).sort())
  })

  it('fill the same placeholders', () => {
    for (const [key, message] of Object.entries(english)) expect(placeholders(words[key]), key).toEqual(placeholders(message))
  })

  it('leave no message empty, and none that vue-i18n would read as a link or a plural', () => {
    for (const [key, message] of Object.entries(words)) expect(message, key).toMatch(/^[^@|]+$/)
  })

  it('say what happened and what to do for every error code', () => {
    for (const code of Object.keys(errorStatus)) {
      expect(words).toHaveProperty([`errors.${code}.title`])
      expect(words).toHaveProperty([`errors.${code}.advice`])
    }
  })

  it.each([
    ['state', statuses],
    ['waiting', reasons],
    ['part', partStatuses],
    ['parts', looks],
    ['check', checks],
    ['chosen.objection', objections.flatMap((objection) => [`${objection}.title`, `${objection}.advice`])],
    ['verify', verdicts],
    ['verify.identical', grounds],
    ['verify.announce', verified],
    ['announce', milestones.flatMap((type) => [`${type}.one`, `${type}.many`])],
  ])('name every %s', (prefix, keys) => {
    for (const key of keys) expect(words).toHaveProperty([`${prefix}.${key}`])
  })
})
