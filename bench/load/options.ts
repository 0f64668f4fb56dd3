import { parseArgs } from 'node:util'

const usage = `npm run load -- [options]

  --store ceph|local   what is behind the server (default: ceph where it is installed, or else local); its section of the report is written anew
  --clients N,N,…      people who send, rising
  --asking N,N,…       people whose calls are made beside them, rising, once the other core holds no more who send
  --seconds N          how long each number is looked at (default 20)

LADING_BUILT=1 takes the build that is there.
`

const storeNames = ['ceph', 'local'] as const
export type StoreName = (typeof storeNames)[number]

export interface LoadOptions {
  /** Undefined leaves the choice to what is installed. */
  store: StoreName | undefined
  clients: number[]
  asking: number[]
  seconds: number
}

/** @throws Error that tells how it is used. */
export function readOptions(args: string[]): LoadOptions {
  const { values } = parseArgs({
    args,
    options: {
      store: { type: 'string' },
      clients: { type: 'string', default: '25,50,100,150,200,300,400' },
      asking: { type: 'string', default: '1000,2000,4000,6000,8000,10000,12000,16000' },
      seconds: { type: 'string', default: '20' },
    },
  })
  const store = storeNames.find((name) => name === values.store)
  const [clients, asking, seconds] = [risingNumbers(values.clients), risingNumbers(values.asking), Number(values.seconds)]
  if (values.store !== store || !clients || !asking || !(seconds >= 1)) throw new Error(usage)
  return { store, clients, asking, seconds }
}

/** Undefined unless each is a count above the one before. */
function risingNumbers(text: string): number[] | undefined {
  const numbers = text.split(',').map(Number)
  return numbers.every((number, index) => Number.isInteger(number) && number > (numbers[index - 1] ?? 0)) ? numbers : undefined
}
