import { S3Error } from './errors'
import { elementsOf, parseXml, textsOf } from './xml'

const knownMethods = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']

interface CorsRule {
  origins: string[]
  methods: string[]
  headers: string[]
  exposed: string[]
  maxAgeSeconds?: string
}

/** What a page asks: for a preflight, what it is about to do. */
export interface CorsQuestion {
  origin: string
  method: string
  /** Lower-case names; empty on a real request. */
  headers: string[]
}

/** Throws `MalformedXML`, or `InvalidRequest` for rules that S3 would not take. */
export function parseCors(xml: string): CorsRule[] {
  const rules = elementsOf(parseXml(xml, 'CORSConfiguration'), 'CORSRule').map((rule) => ({
    origins: textsOf(rule, 'AllowedOrigin'),
    methods: textsOf(rule, 'AllowedMethod'),
    headers: textsOf(rule, 'AllowedHeader'),
    exposed: textsOf(rule, 'ExposeHeader'),
    maxAgeSeconds: textsOf(rule, 'MaxAgeSeconds')[0],
  }))
  if (rules.length === 0 || rules.some(({ origins, methods }) => origins.length === 0 || methods.length === 0)) throw new S3Error('MalformedXML')
  for (const { origins, methods, headers, exposed } of rules) {
    const method = methods.find((name) => !knownMethods.includes(name))
    if (method !== undefined) throw new S3Error('InvalidRequest', { message: `Found unsupported HTTP method in CORS config. Unsupported method is ${method}` })
    const pattern = [...origins, ...headers].find((text) => text.split('*').length > 2)
    if (pattern !== undefined) throw new S3Error('InvalidRequest', { message: `"${pattern}" can not have more than one wildcard.` })
    const wild = exposed.find((name) => name.includes('*'))
    if (wild !== undefined) throw new S3Error('InvalidRequest', { message: `ExposeHeader "${wild}" contains wildcard. We currently do not support wildcard for ExposeHeader.` })
  }
  return rules
}

/** The headers of the first rule that allows it; `undefined` when none does. */
export function answerCors(rules: CorsRule[], { origin, method, headers }: CorsQuestion): Record<string, string> | undefined {
  const rule = rules.find(({ origins, methods, headers: allowed }) => origins.some((pattern) => fits(pattern, origin))
    && methods.includes(method)
    && headers.every((name) => allowed.some((pattern) => fits(pattern.toLowerCase(), name))))
  if (!rule) return undefined
  const isForAll = rule.origins.find((pattern) => fits(pattern, origin)) === '*'
  return {
    'access-control-allow-origin': isForAll ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    'vary': 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    ...!isForAll && { 'access-control-allow-credentials': 'true' },
    ...headers.length > 0 && { 'access-control-allow-headers': headers.join(', ') },
    ...rule.exposed.length > 0 && { 'access-control-expose-headers': rule.exposed.join(', ') },
    ...rule.maxAgeSeconds !== undefined && { 'access-control-max-age': rule.maxAgeSeconds },
  }
}

/** Answers a preflight. Throws `BadRequest` when it is none, and `AccessForbidden` when no rule allows what it asks. */
export function answerPreflight(cors: string | undefined, headers: Record<string, string>): Record<string, string> {
  const { origin, 'access-control-request-method': method, 'access-control-request-headers': asked = '' } = headers
  if (origin === undefined || method === undefined) throw new S3Error('BadRequest')
  if (cors === undefined) throw new S3Error('AccessForbidden', { message: 'CORSResponse: CORS is not enabled for this bucket.' })
  const names = asked.toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '')
  const answer = answerCors(parseCors(cors), { origin, method, headers: names })
  if (!answer) throw new S3Error('AccessForbidden', { details: { Method: method, ResourceType: 'OBJECT' } })
  // A page on a public host asks whether it may talk to this private one.
  return headers['access-control-request-private-network'] === 'true' ? { ...answer, 'access-control-allow-private-network': 'true' } : answer
}

/** The rule that a bucket gets at start: uploads and downloads from these origins, ETag and Retry-After readable. */
export function corsXml(origins: string[]): string {
  const list = (tag: string, values: string[]): string => values.map((value) => `<${tag}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${tag}>`).join('')
  const rule = list('AllowedOrigin', origins) + list('AllowedMethod', ['GET', 'PUT', 'HEAD']) + list('AllowedHeader', ['*']) + list('ExposeHeader', ['ETag', 'Retry-After'])
  return `<CORSConfiguration><CORSRule>${rule}<MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>`
}

function fits(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return pattern === text
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
}
