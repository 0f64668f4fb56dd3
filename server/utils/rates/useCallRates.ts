import { useConfig } from '~/server/utils/config/useConfig'
import { log } from '~/server/utils/log'
import type { CallRates } from './createCallRates'
import { createCallRates } from './createCallRates'

let rates: CallRates | undefined

export function useCallRates(): CallRates {
  return rates ??= createCallRates({ ...useConfig().rates, log: (message) => log('warn', message) })
}

export function closeCallRates(): void {
  rates?.close()
}
