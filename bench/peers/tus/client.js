import { Upload } from 'tus-js-client'
import { chosen, offerUpload } from '../page.js'
import { configurations } from './configuration.js'

await offerUpload((file) => new Promise((resolve, reject) => {
  const metadata = { filename: file.name, filetype: file.type }
  new Upload(file, { endpoint: '/files', metadata, onSuccess: resolve, onError: reject, ...configurations[chosen] }).start()
}))
