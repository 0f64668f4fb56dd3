import type { Variant } from './variants'

/** Digests the chosen file in a worker, or in two of them, and gives the milliseconds of the slower one. */
async function hash(variant: Variant): Promise<number> {
  const file = document.querySelector<HTMLInputElement>('input')?.files?.[0]
  if (!file) throw new Error('No file was chosen')
  const each: Variant[] = variant === 'MD5 of parts and SHA-256 of the file, two workers' ? ['MD5 of parts', 'SHA-256 of the file'] : [variant]
  const times = await Promise.all(each.map((one) => new Promise<number>((resolve, reject) => {
    const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<number>) => {
      worker.terminate()
      resolve(data)
    })
    worker.addEventListener('error', ({ message }) => { reject(new Error(message)) })
    worker.postMessage({ file, variant: one })
  })))
  return Math.max(...times)
}

Object.assign(window, { benchHash: hash })
