import { writeFile } from 'node:fs/promises'
import { safetensorsBytes } from '../../gpu-worker/weights/testing/model-files.ts'

type NamedTensor = { name: string; shape: readonly number[]; values: Float32Array<ArrayBuffer> }

/** Writes float32 tensors as a safetensors file. */
export async function writeSafetensors(path: string, tensors: readonly NamedTensor[]): Promise<void> {
  const entries = tensors.map(({ name, shape, values }) => {
    return [name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) }] as const
  })
  await writeFile(path, safetensorsBytes(Object.fromEntries(entries)))
}

/** Evenly spread between -size and size. */
export function randomTensor(
  name: string,
  shape: readonly number[],
  size: number,
  random: () => number,
): NamedTensor {
  const count = shape.reduce((product, dim) => product * dim, 1)
  return { name, shape, values: Float32Array.from({ length: count }, () => size * (2 * random() - 1)) }
}
