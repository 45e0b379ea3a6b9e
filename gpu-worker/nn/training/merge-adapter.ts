import type { Adapter } from '../../weights/adapter.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import type { WeightValues } from '../../weights/write-model.ts'
import { checkAdapter } from '../adapter-bank.ts'
import type { DecoderConfig } from '../decoder-config.ts'
import { linearParts } from '../linear-shapes.ts'
import type { LinearRole } from '../ports.ts'
import { storedParameters } from './initial-parameters.ts'
import type { ParameterEntry, ParameterLayout } from './parameter-layout.ts'

const LINEARS: readonly LinearRole[] = ['attn_qkv', 'attn_output', 'ffn_gate_up', 'ffn_down']

/**
 * The weights of a decoder with an adapter added to them, W + scaling B A (arXiv 2106.09685, section 4.1), each computed
 * when it is asked for. `layout` is that of all weights. Throws `invalid_request` for an adapter of another model.
 */
export function mergedWeights(
  config: DecoderConfig,
  layout: ParameterLayout,
  store: WeightStore,
  adapter: Adapter,
): WeightValues[] {
  checkAdapter(config, adapter)
  return layout.entries.map((entry) => ({
    name: entry.name,
    values: async () => {
      const size = entry.shape.reduce((product, dim) => product * dim, 1)
      const alone: ParameterLayout = { kind: 'full', entries: [{ ...entry, offset: 0 }], size }
      const values = await storedParameters(alone, store)
      addAdapter(config, entry, adapter, values)
      return values
    },
  }))
}

function addAdapter(
  config: DecoderConfig,
  { name, shape }: ParameterEntry,
  { rank, scaling, matrices }: Adapter,
  values: Float32Array,
): void {
  const [, layer = '', role] = /^blk\.(\d+)\.(\w+)\.weight$/.exec(name) ?? []
  const linear = LINEARS.find((known) => known === role)
  const [, columns = 0] = shape
  if (!linear) return
  let first = 0
  for (const { site, rows } of linearParts(config, linear)) {
    const pair = matrices.get(`${Number(layer)}.${site}`)
    for (let row = 0; pair && row < rows; row++) {
      const into = values.subarray((first + row) * columns, (first + row + 1) * columns)
      for (let r = 0; r < rank; r++) {
        const factor = scaling * (pair.b[row * rank + r] ?? 0)
        const from = r * columns
        for (let i = 0; i < columns; i++) into[i] = (into[i] ?? 0) + factor * (pair.a[from + i] ?? 0)
      }
    }
    first += rows
  }
}
