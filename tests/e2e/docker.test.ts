import type { Image } from './support/docker/playDockerfile'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { playDockerfile } from './support/docker/playDockerfile'
import { startContainer } from './support/docker/startContainer'
import { storySettings, storyStore, tellMainStory } from './support/mainStory'
import { createWorldOn, tellIn } from './support/world'
import { listBuildContext } from '~/tests/support/buildContext'

describe('the Dockerfile, played as a script', () => {
  let image: Image

  beforeAll(async () => {
    image = await playDockerfile({ isWhole: env.LADING_LONG === '1' })
  }, 600_000)

  afterAll(() => image?.remove())

  it('sends no secret, no history and no build of before into the build', async () => {
    const files = await listBuildContext()
    expect(files).toContain('nuxt.config.ts')
    expect(files.filter((file) => /^(?:\.(?!npmrc$)|node_modules\/|tests\/)/.test(file))).toEqual([])
  })

  it('leaves nothing but the built server in the image', async () => {
    expect(await readdir(image.root)).toEqual(['app'])
    expect(await readdir(join(image.root, 'app'))).toEqual(['.output'])
  })

  it('bears the main story as a user who is not root, is well meanwhile, ill when its port is dead, and ends with 0 when asked', async () => {
    await tellIn(await createWorldOn((store, settings) => startContainer(image, store, settings), storyStore, storySettings), async (world) => {
      await tellMainStory(world)
      expect(await world.site.uid()).not.toBe(0)
      expect(await world.site.checkHealth()).toBe(0)
      expect(await world.site.stop()).toBe(0)
      expect(await world.site.checkHealth()).toBe(1)
    })
  })
})
