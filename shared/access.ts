/** Who may upload: everybody, whoever knows the site's passcode, or whoever signs in with a provider. */
export const accessModes = ['open', 'passcode', 'oauth'] as const
export type AccessMode = (typeof accessModes)[number]

export const providerNames = ['github', 'google', 'oidc'] as const
export type ProviderName = (typeof providerNames)[number]

/** What a stranger is told of the ways in. The same for everybody. */
export interface AccessOffer {
  mode: AccessMode
  /** Empty but for `oauth`. */
  providers: readonly OfferedProvider[]
}

export interface OfferedProvider {
  name: ProviderName
  /** What the operator calls it; absent where its own name says enough. */
  label?: string
}

/** Why a provider brought nobody in: the value of `signInQuery` in the address that the browser comes back to. */
export const signInFailures = ['cancelled', 'not_allowed', 'expired', 'failed'] as const
export type SignInFailure = (typeof signInFailures)[number]
export const signInQuery = 'sign-in'

/** Where a sign-in begins; with `newTabQuery` it ends on a page that can be closed. */
export const signInPath = (name: ProviderName) => `/auth/${name}`
export const newTabQuery = 'tab'
export const signedInPath = '/signed-in'

/**
 * The owner that a call is meant for, as `POST session` answered it. Somebody else may have signed in meanwhile in another
 * tab, with the same cookie jar: nothing of the first one's is to be done in the second one's name.
 */
export const ownerHeader = 'x-lading-owner'
