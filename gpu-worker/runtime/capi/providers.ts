import koffi from 'koffi'
import { type Api, textAt } from './api.ts'

/** The execution providers that the library was built for, in its own order; a GPU's needs more to be used. */
export function availableProviders(api: Api): string[] {
  const [list, count] = [new BigUint64Array(16), new Int32Array(32)]
  api.call('GetAvailableProviders', list, count)
  const [names = 0n] = list
  const [length = 0] = count
  const pointers: BigUint64Array = koffi.decode(names, koffi.array('uint64_t', length, 'Typed'))
  const texts = Array.from(pointers, textAt)
  api.call('ReleaseAvailableProviders', names, length)
  return texts
}
