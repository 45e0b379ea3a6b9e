import { open } from 'node:fs/promises'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { readBytes } from '../../weights/file-bytes.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import type { ParameterLayout } from './parameter-layout.ts'

/**
 * What LoRA starts from: b is 0, so that the decoder is unchanged, and a is spread evenly over +-1 / sqrt(in), as PEFT
 * does (Kaiming's uniform bound, arXiv 1502.01852, with a = sqrt(5)). The same seed gives the same on every machine.
 */
export function loraInitialValues(layout: ParameterLayout, seed: number): Float32Array {
  const values = new Float32Array(layout.size)
  const next = seededRandom(seed)
  for (const { name, shape, offset } of layout.entries) {
    if (!name.endsWith('.lora_A.weight')) continue
    const [rank = 0, inner = 1] = shape
    const bound = 1 / Math.sqrt(inner)
    for (let i = 0; i < rank * inner; i++) values[offset + i] = bound * (2 * next() - 1)
  }
  return values
}

/** What all weights of a decoder start from: those that are stored. */
export async function storedParameters(layout: ParameterLayout, store: WeightStore): Promise<Float32Array> {
  const values = new Float32Array(layout.size)
  await using file = await open(store.path, 'r')
  for (const { name, shape, offset } of layout.entries) {
    const weight = store.weights.get(name)
    if (
      weight?.kind !== 'plain' ||
      weight.tensor.dtype !== 'float32' ||
      weight.tensor.shape.join() !== shape.join()
    ) {
      throw new PlumblineError(
        'not_configured',
        `All weights are trained as float32, and ${name} is stored otherwise; open the model as float32.`,
      )
    }
    const { offset: from, bytes } = weight.tensor
    const read = await readBytes(file, store.path, from, bytes)
    values.set(new Float32Array(read.buffer, read.byteOffset, bytes / 4), offset)
  }
  return values
}
