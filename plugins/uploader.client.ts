import { defineNuxtPlugin, useRuntimeConfig } from '#imports'
import { useAccessStore } from '~/stores/access'
import { useChosenStore } from '~/stores/chosen'
import { useUploadsStore } from '~/stores/uploads'
import { persistently } from '~/uploader/adapters/persistently'

/**
 * Fetches the engine and all that it needs beside the page, which comes to life without it. What is added until then
 * waits in the store.
 */
export default defineNuxtPlugin(() => {
  const { partBytes, timeDivisor } = useRuntimeConfig().public
  const screen = { access: useAccessStore(), chosen: useChosenStore(), uploads: useUploadsStore() }
  screen.uploads.expect()
  void persistently(() => import('./uploader/join'), () => screen.uploads.notify('server_unreachable'))
    .then(({ join }) => {
      screen.uploads.dismissNotice('server_unreachable')
      join(screen, { partBytes, timeDivisor })
    })
})
