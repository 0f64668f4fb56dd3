import tailwindcss from '@tailwindcss/vite'
import icons from 'unplugin-icons/vite'
import { readLanguages } from './i18n/languages'

const isProduction = process.env.NODE_ENV === 'production'

export default defineNuxtConfig({
  modules: ['@pinia/nuxt', '@nuxtjs/i18n', 'nuxt-auth-utils', 'nuxt-security', '@nuxt/eslint'],

  devtools: { enabled: false },

  css: ['~/assets/main.css'],

  runtimeConfig: {
    // Every value can be set by an environment variable, NUXT_… (see .env.example); server/utils/config/ checks them at boot.
    access: isProduction ? '' : 'open',
    passcode: '',
    // Of nuxt-auth-utils' own settings, only what is ours.
    oauth: { allowed: '', oidc: { label: '' } },
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
    siteOrigin: '',
    maxFileBytes: '',
    requestLimitSeconds: 300,
    assemblingSeconds: 600,
    abandonedDays: 14,
    cronSecret: '',
    logLevel: 'info',
    callsPerMinute: 600,
    addressCallsPerMinute: 600,
    trustedProxies: 0,
    redisUrl: '',
    maxOpenUploads: 12_000,
    maxOwnerBytes: '',
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

  // Development needs Vite's own styles and sockets, and a worker that Vite serves without our headers.
  routeRules: isProduction
    ? {
        '/api/**': { headers: { 'content-security-policy': 'default-src \'none\'; frame-ancestors \'none\'' } },
        // A worker obeys the policy that its own script came with, not the page's.
        '/_nuxt/**': { headers: { 'content-security-policy': 'default-src \'none\'; script-src \'self\' \'wasm-unsafe-eval\'; frame-ancestors \'none\'' } },
      }
    : {},

  // The page has no use for a list of builds, and on Vercel its newest would be cached for a year.
  experimental: { appManifest: false },

  compatibilityDate: '2026-11-01',
  nitro: {
    imports: { autoImport: false },
    experimental: { tasks: true },
    // Where a server runs on; Vercel calls the route, once a day on every plan.
    scheduledTasks: { '17 * * * *': 'reap' },
    vercel: {
      // A function may run as long as the server believes it may.
      functions: { maxDuration: Number(process.env.NUXT_REQUEST_LIMIT_SECONDS) || 300 },
      config: { version: 3, crons: [{ path: '/api/cron/reap', schedule: '17 4 * * *' }] },
    },
    typescript: { strict: true, tsConfig: { compilerOptions: { noUncheckedIndexedAccess: true } } },
  },

  vite: {
    plugins: [tailwindcss(), icons({ compiler: 'vue3', scale: 1.25 })],
    worker: { format: 'es' },
    // Vite finds the worker's library only when the first file is hashed, and would reload the page in mid-upload.
    optimizeDeps: { include: ['@tanstack/vue-virtual', 'dexie', 'hash-wasm', 'ofetch'] },
  },

  typescript: { strict: true, tsConfig: { compilerOptions: { noUncheckedIndexedAccess: true } } },
  telemetry: false,

  auth: { loadStrategy: 'none' },

  eslint: { config: { stylistic: { indent: 2, quotes: 'single', semi: false, commaDangle: 'always-multiline', braceStyle: '1tbs', arrowParens: true } } },

  i18n: {
    strategy: 'no_prefix',
    defaultLocale: 'en',
    locales: readLanguages(),
    detectBrowserLanguage: { useCookie: true, cookieKey: 'lading-language', fallbackLocale: 'en' },
  },

  security: {
    headers: {
      // The store's addresses join `connect-src` with each page: server/plugins/pageHeaders.ts.
      contentSecurityPolicy: {
        'default-src': ['\'none\''],
        'base-uri': ['\'none\''],
        'connect-src': ['\'self\'', ...isProduction ? [] : ['ws:']],
        'font-src': false,
        'form-action': ['\'self\''],
        'frame-ancestors': ['\'none\''],
        'img-src': ['\'self\''],
        'object-src': ['\'none\''],
        'script-src': ['\'self\'', '\'nonce-{{nonce}}\'', '\'wasm-unsafe-eval\''],
        'script-src-attr': ['\'none\''],
        'style-src': isProduction ? ['\'self\'', '\'nonce-{{nonce}}\''] : ['\'self\'', '\'unsafe-inline\''],
        'worker-src': ['\'self\''],
        'upgrade-insecure-requests': false,
      },
      // Not among the policies that a page of ours needs, and it would bind what the store answers.
      crossOriginEmbedderPolicy: false,
      // Chromium keeps no page for the Back button that asks for an agent cluster of its own.
      originAgentCluster: false,
      strictTransportSecurity: isProduction && { maxAge: 365 * 24 * 60 * 60, includeSubdomains: false },
      xFrameOptions: 'DENY',
      // Names are to be looked up ahead: the page preconnects to the store.
      xDNSPrefetchControl: false,
    },
    // These would limit or change requests in ways of their own; server/ has its own, which fit the API.
    rateLimiter: false,
    requestSizeLimiter: false,
    xssValidator: false,
    corsHandler: false,
    allowedMethodsRestricter: false,
    removeLoggers: false,
    // Nothing is rendered ahead, and no script comes from another host.
    ssg: false,
    sri: false,
  },
})
