import type { Page } from 'playwright-core'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { freePort } from './processes'

export interface OpenidProvider {
  /** The settings that make a site send people here. */
  env: Record<string, string>
  /** On the provider's own page: says who one is, and agrees. */
  signIn(page: Page, login: string): Promise<void>
  /** On the provider's own page: turns round. */
  cancel(page: Page): Promise<void>
  close(): Promise<void>
}

const client = { id: 'lading-tests', secret: 'Kp3vX8nQ5wZr7mTb2cYd9fHj4gLs6aEu' }

/** A certified OpenID provider on loopback, for a site at this address. Whoever names a login is that person. */
export async function startOpenidProvider(siteUrl: string): Promise<OpenidProvider> {
  const issuer = `http://127.0.0.1:${await freePort()}`
  const provider = new Provider(issuer, {
    clients: [{
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: [`${siteUrl}/auth/oidc`],
      token_endpoint_auth_method: 'client_secret_post',
    }],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: `${sub} of the harbour`, email: `${sub}@example.org`, email_verified: true }),
    }),
    cookies: { keys: ['only for tests'] },
  })
  const server = createServer(provider.callback()).listen(Number(new URL(issuer).port), '127.0.0.1')
  await once(server, 'listening')

  return {
    env: {
      NUXT_ACCESS: 'oauth',
      NUXT_OAUTH_OIDC_CLIENT_ID: client.id,
      NUXT_OAUTH_OIDC_CLIENT_SECRET: client.secret,
      NUXT_OAUTH_OIDC_OPENID_CONFIG: `${issuer}/.well-known/openid-configuration`,
    },

    async signIn(page, login) {
      await page.locator('input[name="login"]').fill(login)
      await page.locator('input[name="password"]').fill('any')
      await page.locator('button[type="submit"]').click()
      await page.locator('form input[name="prompt"][value="consent"]').waitFor({ state: 'attached' })
      await page.locator('button[type="submit"]').click()
    },

    async cancel(page) {
      await page.locator('a[href*="abort"]').click()
    },

    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
