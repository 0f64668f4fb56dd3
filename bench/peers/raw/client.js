import { offerUpload } from '../page.js'
import { configuration } from './configuration.js'

/**
 * The least that a page can do: slices of the file by `XMLHttpRequest` to URLs that it has already. Nothing is read, hashed, shown,
 * remembered or assembled; what was refused or cut off is sent again, until it is taken.
 */
async function upload(file, urls) {
  const { partBytes, inFlight, againAfterMs } = configuration
  const parts = urls.map((url, index) => ({ url, body: file.slice(index * partBytes, (index + 1) * partBytes) })).values()

  function send({ url, body }) {
    return new Promise((resolve) => {
      const xhr = new XMLHttpRequest()
      xhr.addEventListener('loadend', () => { resolve(xhr.status === 200) })
      xhr.open('PUT', url)
      xhr.send(body)
    })
  }

  async function lane() {
    for (const part of parts) {
      while (!await send(part)) await new Promise((resolve) => { setTimeout(resolve, againAfterMs) })
    }
  }

  await Promise.all(Array.from({ length: inFlight }, lane))
}

await offerUpload(upload, async (query) => (await fetch(`/urls?bytes=${query.get('bytes')}`)).json())
