import { defineNuxtPlugin, useRequestEvent } from '#imports'
import { useAccessStore } from '~/stores/access'

/** The page comes with what the site offers to strangers; the same for everybody. */
export default defineNuxtPlugin(() => {
  const offered = useRequestEvent()?.context.access
  if (offered) useAccessStore().offer(offered)
})
