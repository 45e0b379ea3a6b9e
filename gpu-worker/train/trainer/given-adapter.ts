import { PlumblineError } from '../../../shared/protocol/error.ts'
import { loraName, type ParameterLayout } from '../../nn/training/parameter-layout.ts'
import type { Adapter } from '../../weights/adapter.ts'

type LoraLayout = Extract<ParameterLayout, { kind: 'lora' }>

/**
 * An adapter that was trained before. `scaling` is alpha / rank. Throws `invalid_request` where it has another rank,
 * scaling or other layers than are to be trained.
 */
export function givenAdapter(
  { rank, targets, entries, size }: LoraLayout,
  scaling: number,
  adapter: Adapter,
): Float32Array {
  if (adapter.rank !== rank) refuse(`the rank ${adapter.rank}`, 'lora.rank')
  if (Math.abs(adapter.scaling - scaling) > 1e-6 * scaling) {
    refuse(`alpha / rank of ${adapter.scaling}`, 'lora.alpha')
  }
  const parameters = new Float32Array(size)
  const left = new Map(entries.map((entry) => [entry.name, entry]))
  for (const [key, { a, b }] of adapter.matrices) {
    const [layer = '', site = ''] = key.split('.')
    const target = targets.find((name) => name === site) ?? refuse(`matrices of ${site}`, 'lora.targets')
    for (const [side, values] of [
      ['A', a],
      ['B', b],
    ] as const) {
      const name = loraName(Number(layer), target, side)
      const entry = left.get(name)
      if (entry === undefined || values.length !== entry.shape.reduce((product, dim) => product * dim, 1)) {
        return refuse(`${name}, which the model has not, or in another size`, 'model')
      }
      parameters.set(values, entry.offset)
      left.delete(name)
    }
  }
  const [missing] = left.keys()
  return missing === undefined ? parameters : refuse(`no ${missing}`, 'lora.targets')
}

function refuse(what: string, setting: string): never {
  const message = `The adapter to begin with has ${what}: set ${setting} to the same.`
  throw new PlumblineError('invalid_request', message, { param: setting })
}
