import type { S3Request } from './request'

const kept = /^(?:content-(?:type|disposition|encoding|language)|cache-control|expires|x-amz-meta-.+)$/

/** What an object gives back with its bytes, taken from the request that makes it. */
export function readStoredHeaders({ fields }: S3Request): Record<string, string> {
  const headers = Object.fromEntries(Object.entries(fields).filter(([name]) => kept.test(name)))
  return { 'content-type': 'binary/octet-stream', ...headers }
}

/** The `response-*` query of a GET, as headers; being in the query, it is under the signature. */
export function readOverrides({ query }: S3Request): Record<string, string> {
  const overrides = [...query].filter(([name]) => overrideNames.includes(name))
  return Object.fromEntries(overrides.map(([name, value]) => [name.slice('response-'.length), value]))
}

export const overrideNames = ['content-type', 'content-disposition', 'content-encoding', 'content-language', 'cache-control', 'expires'].map((name) => `response-${name}`)
