type OAuthFolder<File extends 'github' | 'google' | 'oidc'> = {
  github: typeof import('~/node_modules/nuxt-auth-utils/dist/runtime/server/lib/oauth/github')
  google: typeof import('~/node_modules/nuxt-auth-utils/dist/runtime/server/lib/oauth/google')
  oidc: typeof import('~/node_modules/nuxt-auth-utils/dist/runtime/server/lib/oauth/oidc')
}[File]

/** What the module gives the server: Nuxt's own declarations of `#imports` know the page's side alone. */
declare module '#imports' {
  export const defineOAuthGitHubEventHandler: OAuthFolder<'github'>['defineOAuthGitHubEventHandler']
  export const defineOAuthGoogleEventHandler: OAuthFolder<'google'>['defineOAuthGoogleEventHandler']
  export const defineOAuthOidcEventHandler: OAuthFolder<'oidc'>['defineOAuthOidcEventHandler']
}

export {}
