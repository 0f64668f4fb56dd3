import type { Ref } from 'vue'
import { useCookie, useState } from '#imports'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = typeof themes[number]

export interface ThemeChoice {
  /** What the person wants; `system` follows the machine. */
  theme: Readonly<Ref<Theme>>
  /** Holds at once, and is kept in this browser. */
  setTheme(theme: Theme): void
}

/** As long as browsers keep a cookie at most. */
const maxAgeSeconds = 400 * 24 * 60 * 60

/**
 * The look that the person has chosen. It is kept in a cookie, so that the server renders the page in it: a script could
 * change the page only after it was seen.
 *
 * - **Lifetime**: belongs to the app; every component sees the same.
 * - **SSR**: read from the request.
 */
export function useTheme(): ThemeChoice {
  const cookie = useCookie<string | null>('lading-theme', { maxAge: maxAgeSeconds, sameSite: 'lax', path: '/' })
  const theme = useState<Theme>('theme', () => toTheme(cookie.value))
  return {
    theme,
    setTheme(chosen) {
      theme.value = chosen
      cookie.value = chosen === 'system' ? null : chosen
    },
  }
}

/** Whatever was kept, as one of the themes. */
export function toTheme(kept: unknown): Theme {
  return themes.find((theme) => theme === kept) ?? 'system'
}
