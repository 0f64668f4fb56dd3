import type { TestSite } from './site'

/** A call as a page of ours makes it, without a browser. */
export interface ApiClient {
  /** `body` makes it a POST. */
  call(path: string, body?: object, headers?: Record<string, string>): Promise<Response>
  /** Becomes somebody, whose cookie all later calls carry; answers it. */
  signIn(): Promise<string>
}

export function createApiClient(site: Pick<TestSite, 'url'>, always: Record<string, string> = {}): ApiClient {
  let cookie = ''
  const origin = site.url.replace('localhost', '127.0.0.1')

  async function call(path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
    return await fetch(`${origin}/api/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { ...cookie && { cookie }, ...body && { 'content-type': 'application/json', 'x-lading': '1' }, ...always, ...headers },
      ...body && { body: JSON.stringify(body) },
    })
  }

  return {
    call,
    async signIn() {
      const answer = await call('session', {})
      const [sealed = ''] = answer.headers.getSetCookie()
      if (!answer.ok || sealed === '') throw new Error(`No session: ${answer.status} ${await answer.text()}`)
      cookie = sealed.slice(0, sealed.indexOf(';'))
      return cookie
    },
  }
}
