/**
 * The page that every uploader but ours gets: an input, and a row that says what became of the file, in the words by which the benchmark
 * reads our own page. It shows no progress, so nothing is paid for showing any.
 *
 * `prepare` may do beforehand what is not to be measured. `upload` resolves when the file has arrived as far as the uploader can tell.
 */
export async function offerUpload(upload, prepare = async () => undefined) {
  const row = document.querySelector('[data-testid="upload-row"]')
  const prepared = await prepare(new URLSearchParams(location.search))
  document.querySelector('[data-testid="file-input"]').addEventListener('change', async ({ target }) => {
    try {
      await upload(target.files[0], prepared)
      row.dataset.status = 'completed'
    } catch (error) {
      row.textContent = String(error?.message ?? error)
      row.dataset.status = 'failed'
    }
  })
  document.documentElement.dataset.ready = 'true'
}

/** The configuration that the address of the page names. */
export const chosen = new URLSearchParams(location.search).get('as')

export async function postJson(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  return await answer.json()
}
