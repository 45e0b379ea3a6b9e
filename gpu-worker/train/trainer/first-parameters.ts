import { open } from 'node:fs/promises'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { loraName, type ParameterLayout } from '../../nn/training/parameter-layout.ts'
import type { Adapter } from '../../weights/adapter.ts'
import { dequantise, ENCODINGS } from '../../weights/encoding/dequantise.ts'
import { readBytes } from '../../weights/file-bytes.ts'
import type { StoredTensor, WeightStore } from '../../weights/store/weight-store.ts'

type LoraLayout = Extract<ParameterLayout, { kind: 'lora' }>

/**
 * An adapter that changes nothing yet, as PEFT begins with: A evenly spread within 1 / sqrt(in) of 0 (arXiv 1502.01852 with
 * a slope of sqrt(5)), B zeros.
 */
export function freshAdapter({ entries, size }: LoraLayout, seed: number): Float32Array {
  const random = seededRandom(seed)
  const parameters = new Float32Array(size)
  for (const { name, shape, offset } of entries) {
    const [rank = 0, inner = 0] = shape
    if (!name.endsWith('.lora_A.weight')) continue
    for (let i = 0; i < rank * inner; i++) parameters[offset + i] = (2 * random() - 1) / Math.sqrt(inner)
  }
  return parameters
}

/**
 * An adapter that was trained before. `scaling` is alpha / rank. Throws `invalid_request` where it has another rank,
 * scaling or other layers than are to be trained.
 */
export function givenAdapter(
  { rank, targets, entries, size }: LoraLayout,
  scaling: number,
  adapter: Adapter,
): Float32Array {
  const refuse = (what: string, setting: string): never => {
    throw new PlumblineError(
      'invalid_request',
      `The adapter to begin with has ${what}: set ${setting} to the same.`,
      {
        param: setting,
      },
    )
  }
  if (adapter.rank !== rank) refuse(`the rank ${adapter.rank}`, 'lora.rank')
  if (Math.abs(adapter.scaling - scaling) > 1e-6 * scaling)
    refuse(`alpha / rank of ${adapter.scaling}`, 'lora.alpha')
  const sites = new Set(Array.from(adapter.matrices.keys(), (key) => key.slice(key.indexOf('.') + 1)))
  const parameters = new Float32Array(size)
  const places = new Map(
    entries.map(({ name, shape, offset }) => [name, { offset, count: shape.reduce((a, b) => a * b, 1) }]),
  )
  for (const [key, matrices] of adapter.matrices) {
    const [layer = '', site = ''] = key.split('.')
    const target = targets.find((name) => name === site) ?? refuse(`matrices of ${site}`, 'lora.targets')
    for (const [side, values] of [
      ['A', matrices.a],
      ['B', matrices.b],
    ] as const) {
      const place = places.get(loraName(Number(layer), target, side))
      if (place?.count !== values.length)
        refuse(`a layer ${key} that the model has not, or in another size`, 'model')
      else parameters.set(values, place.offset)
    }
  }
  const missing = targets.find((site) => !sites.has(site))
  if (missing || 2 * adapter.matrices.size !== entries.length)
    refuse(`nothing for ${missing ?? 'some layers'}`, 'lora.targets')
  return parameters
}

/** All weights of a decoder as its store has them. Throws `not_configured` for a store that doesn't hold them as floats. */
export async function storedParameters(
  { entries, size }: ParameterLayout,
  store: WeightStore,
): Promise<Float32Array> {
  const parameters = new Float32Array(size)
  await using file = await open(store.path, 'r')
  for (const { name, offset } of entries) {
    const weight = store.weights.get(name)
    if (weight?.kind !== 'plain') {
      throw new PlumblineError(
        'not_configured',
        `All weights are to be trained, and ${name} is ${weight ? store.precision : 'absent'}: set PLUMBLINE_PRECISION to float32.`,
      )
    }
    const { tensor } = weight
    parameters.set(
      dequantise(await readBytes(file, store.path, tensor.offset, tensor.bytes), encodingOf(tensor)),
      offset,
    )
  }
  return parameters
}

const STORED: Partial<Record<StoredTensor['dtype'], string>> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
}

function encodingOf({ dtype }: StoredTensor) {
  const encoding = ENCODINGS.find(({ name }) => name === STORED[dtype])
  if (encoding) return encoding
  throw new TypeError(`weights of ${dtype} are no floats`)
}
