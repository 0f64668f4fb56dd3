import { expect, it } from 'vitest'
import { storySettings, storyStore, tellMainStory } from './support/mainStory'
import { startPair } from './support/pair'
import { createWorldOn, tellIn } from './support/world'

it('two instances take turns call by call, and one of them is killed with -9 before every call: all files arrive', async () => {
  await tellIn(await createWorldOn((store, env) => startPair(store, env, { seed: 7 }), storyStore, storySettings), async (world) => {
    await tellMainStory(world, { files: 2, meanwhile: world.site.untilWhole })
    const { kills, calls } = world.site
    expect(kills().every((count) => count > 2)).toBe(true)
    expect(calls().every((count) => count > 2)).toBe(true)
  })
})
