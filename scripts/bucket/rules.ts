import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3'
import { digestAlgorithms, digestHeader } from '#shared/digest'

/** Uploads are kept for this long, counted from their beginning. */
export const keptDays = 30

const corsId = 'lading'
const abortId = 'lading-abort-incomplete'

/** What pages of these origins have to be allowed: to send parts and to read files, and to see what the store answers. */
export function corsRule(origins: readonly string[]): CORSRule {
  return {
    ID: corsId,
    AllowedOrigins: [...origins],
    AllowedMethods: ['GET', 'PUT', 'HEAD'],
    AllowedHeaders: ['content-type', ...digestAlgorithms.map((algorithm) => digestHeader[algorithm]), 'range'],
    ExposeHeaders: ['ETag', 'Retry-After', 'Content-Range', 'Content-Length'],
    MaxAgeSeconds: 3600,
  }
}

/** The net below the reaper: what it never comes to is aborted by the store. */
export const abortRule: LifecycleRule = {
  ID: abortId,
  Status: 'Enabled',
  Filter: { Prefix: '' },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: keptDays },
}

/** Everybody else's rules stay, behind ours, for the first one that fits is the one that answers. */
export function withCorsRule(rules: readonly CORSRule[], rule: CORSRule): CORSRule[] {
  return [rule, ...rules.filter((other) => other.ID !== corsId && !isForSameOrigins(other, rule))]
}

/** Everybody else's rules stay, but for the one that the store came with. */
export function withAbortRule(rules: readonly LifecycleRule[], defaultRuleId: string | undefined): LifecycleRule[] {
  return [...rules.filter(({ ID }) => ID === undefined || (ID !== abortId && ID !== defaultRuleId)), abortRule]
}

/** Below it are all multipart uploads of the site. */
const folder = 'data/'

/** After how many days every abandoned upload is aborted, by the quickest rule that is for all of them; undefined for never. */
export function abortDays(rules: readonly LifecycleRule[]): number | undefined {
  return quickest(rules.filter((rule) => folder.startsWith(prefixOf(rule))))
}

/** After how many days the first ones are, also by rules for only some of them. */
export function shortestAbortDays(rules: readonly LifecycleRule[]): number | undefined {
  return quickest(rules.filter((rule) => prefixOf(rule).startsWith(folder) || folder.startsWith(prefixOf(rule))))
}

function quickest(rules: readonly LifecycleRule[]): number | undefined {
  const days = rules.filter(({ Status }) => Status === 'Enabled').flatMap(({ AbortIncompleteMultipartUpload }) => AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? [])
  return days.length === 0 ? undefined : Math.min(...days)
}

function prefixOf({ Prefix, Filter }: LifecycleRule & { Prefix?: string }): string {
  return Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? ''
}

/** Not every store keeps a rule's name. */
function isForSameOrigins(a: CORSRule, b: CORSRule): boolean {
  return a.ID === undefined && a.AllowedOrigins?.toSorted().join() === b.AllowedOrigins?.toSorted().join()
}
