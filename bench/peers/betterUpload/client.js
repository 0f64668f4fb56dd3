import { uploadFile } from '@better-upload/client'
import { chosen, offerUpload } from '../page.js'
import { configurations } from './configuration.js'

await offerUpload((file) => uploadFile({ api: '/upload', route: chosen, file, ...configurations[chosen].client }).then(({ file: { status } }) => {
  if (status !== 'complete') throw new Error(`The upload is ${status}`)
}))
