import tailwindcss from '@tailwindcss/vite'
import icons from 'unplugin-icons/vite'

const isProduction = process.env.NODE_ENV === 'production'

export default defineNuxtConfig({
  modules: ['@pinia/nuxt', '@nuxtjs/i18n', 'nuxt-auth-utils', '@nuxt/eslint'],

  devtools: { enabled: false },

  css: ['~/assets/main.css'],

  runtimeConfig: {
    // Every value can be set by an environment variable, NUXT_… (see .env.example); server/utils/config.ts checks them at boot.
    access: isProduction ? '' : 'open',
    s3: {
      endpoint: '',
      region: '',
      bucket: '',
      accessKeyId: '',
      secretAccessKey: '',
      sessionToken: '',
      forcePathStyle: '',
      hosts: '',
      provider: '',
      digest: 'md5',
      minPartBytes: '',
    },
    maxFileBytes: '',
    requestLimitSeconds: 300,
    assemblingSeconds: 600,
    drainSeconds: '',
    public: {
      partBytes: '',
      timeDivisor: '',
    },
    session: {
      name: isProduction ? '__Host-lading' : 'lading',
      password: '',
      maxAge: 400 * 24 * 60 * 60,
      cookie: { secure: isProduction, httpOnly: true, sameSite: 'lax', path: '/' },
    },
  },

  // The page has no use for a list of builds, and on Vercel its newest would be cached for a year.
  experimental: { appManifest: false },

  compatibilityDate: '2026-11-01',
  nitro: {
    // Vercel lets a function run as long as the server believes it may.
    vercel: { functions: { maxDuration: Number(process.env.NUXT_REQUEST_LIMIT_SECONDS) || 300 } },
    imports: { autoImport: false },
    typescript: { strict: true, tsConfig: { compilerOptions: { noUncheckedIndexedAccess: true } } },
  },

  vite: {
    plugins: [tailwindcss(), icons({ compiler: 'vue3', scale: 1.25 })],
    worker: { format: 'es' },
    // Vite finds the worker's library only when the first file is hashed, and would reload the page in mid-upload.
    optimizeDeps: { include: ['dexie', 'hash-wasm', 'ofetch', 'reka-ui'] },
  },

  typescript: { strict: true, tsConfig: { compilerOptions: { noUncheckedIndexedAccess: true } } },
  telemetry: false,

  auth: { loadStrategy: 'none' },

  eslint: { config: { stylistic: { indent: 2, quotes: 'single', semi: false, commaDangle: 'always-multiline', braceStyle: '1tbs', arrowParens: true } } },

  i18n: {
    strategy: 'no_prefix',
    defaultLocale: 'en',
    locales: [
      { code: 'en', language: 'en', name: 'English', file: 'en.json' },
      { code: 'zh-CN', language: 'zh-CN', name: '简体中文', file: 'zh-CN.json' },
    ],
    detectBrowserLanguage: { useCookie: true, cookieKey: 'lading-language', fallbackLocale: 'en' },
  },
})
