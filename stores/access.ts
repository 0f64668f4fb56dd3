import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { AccessMode, AccessOffer, OfferedProvider } from '#shared/access'
import { ownerHeader } from '#shared/access'

/** What the screen may ask of whoever knows who is signed in. */
export interface Door {
  enter(passcode: string): Promise<void>
  leave(): Promise<void>
}

/** How people come in, told by the server with the page; and whether somebody is in, as the server said last. */
export const useAccessStore = defineStore('access', () => {
  let door: Door | undefined

  const mode = ref<AccessMode>('open')
  const providers = ref<OfferedProvider[]>([])
  const standing = ref<'unknown' | 'in' | 'out'>('unknown')
  const person = ref<string>()
  const owner = ref<string>()

  return {
    mode,
    providers,
    standing,
    person,
    /** For calls: they are meant for the owner of this page and for no other. */
    ownerHeaders: computed((): Record<string, string> => owner.value === undefined ? {} : { [ownerHeader]: owner.value }),
    offer(offered: AccessOffer) {
      mode.value = offered.mode
      providers.value = [...offered.providers]
    },
    connect: (admission: Door) => { door = admission },
    entered(name: string | undefined, id: string | undefined) {
      standing.value = 'in'
      person.value = name
      owner.value = id
    },
    refused: () => { standing.value = 'out' },
    unknown: () => { standing.value = 'in' },
    enter: async (passcode: string) => await door?.enter(passcode),
    leave: async () => await door?.leave(),
  }
})
