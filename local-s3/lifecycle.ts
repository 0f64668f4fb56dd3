import { S3Error } from './errors'
import type { XmlElement } from './xml'
import { elementsOf, parseXml, textsOf } from './xml'

const actions = ['Expiration', 'Transition', 'NoncurrentVersionExpiration', 'NoncurrentVersionTransition', 'AbortIncompleteMultipartUpload']
const known = ['ID', 'Prefix', 'Filter', 'Status', ...actions]

/** Throws `MalformedXML`, `InvalidRequest` or `InvalidArgument` for rules that S3 would not take. Nothing here ever carries a rule out. */
export function assertLifecycle(xml: string): void {
  const rules = elementsOf(parseXml(xml, 'LifecycleConfiguration'), 'Rule')
  if (rules.length === 0 || rules.length > 1000) throw new S3Error('MalformedXML')
  rules.forEach(assertRule)
  const ids = rules.flatMap((rule) => textsOf(rule, 'ID'))
  if (new Set(ids).size < ids.length) throw new S3Error('InvalidArgument', { message: 'Rule ID must be unique. Found same ID for more than one rule' })
}

function assertRule(rule: XmlElement): void {
  const isKnown = Object.keys(rule).every((tag) => known.includes(tag))
  // Either the old Prefix or a Filter, which may be empty, says what the rule is for.
  const hasOneScope = ('Prefix' in rule) !== ('Filter' in rule)
  const [status = ''] = textsOf(rule, 'Status')
  if (!isKnown || !hasOneScope || !['Enabled', 'Disabled'].includes(status)) throw new S3Error('MalformedXML')
  const [id = ''] = textsOf(rule, 'ID')
  if (id.length > 255) throw new S3Error('InvalidArgument', { message: 'ID length should not exceed allowed limit of 255' })
  if (!actions.some((action) => action in rule)) throw new S3Error('InvalidRequest', { message: 'At least one action needs to be specified in a rule.' })
  if ('AbortIncompleteMultipartUpload' in rule) assertAbort(rule)
}

function assertAbort(rule: XmlElement): void {
  const [days = ''] = elementsOf(rule, 'AbortIncompleteMultipartUpload').flatMap((abort) => textsOf(abort, 'DaysAfterInitiation'))
  if (!/^-?\d+$/.test(days)) throw new S3Error('MalformedXML')
  if (Number(days) < 1) throw new S3Error('InvalidArgument', { message: '\'DaysAfterInitiation\' for AbortIncompleteMultipartUpload action must be a positive integer' })
  // Parts have no tags.
  const isTagged = elementsOf(rule, 'Filter').some((filter) => 'Tag' in filter || elementsOf(filter, 'And').some((and) => 'Tag' in and))
  if (isTagged) throw new S3Error('InvalidRequest', { message: 'AbortIncompleteMultipartUpload cannot be specified with Tags.' })
}
