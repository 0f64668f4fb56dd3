import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useHead } from '#imports'
import { useTheme } from './useTheme'

/** What the browser paints around the page: `--page` of either theme in assets/main.css. */
const pageColors = { light: '#f6f8fa', dark: '#0e1319' }

/** Language, direction and theme of the document, in the very first HTML as well. For whatever stands at the root. */
export function usePageLook(): void {
  const { locale, localeProperties } = useI18n()
  const { theme } = useTheme()

  useHead({
    htmlAttrs: {
      'lang': locale,
      'dir': () => localeProperties.value.dir ?? 'ltr',
      'data-theme': () => theme.value === 'system' ? undefined : theme.value,
    },
    meta: computed(() => [
      { name: 'color-scheme', content: theme.value === 'system' ? 'light dark' : theme.value },
      ...theme.value === 'system'
        ? (['light', 'dark'] as const).map((scheme) => ({ key: `theme-color-${scheme}`, name: 'theme-color', media: `(prefers-color-scheme: ${scheme})`, content: pageColors[scheme] }))
        : [{ key: 'theme-color', name: 'theme-color', content: pageColors[theme.value] }],
    ]),
    link: [{ rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' }],
  })
}
