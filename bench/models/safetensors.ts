import { writeFile } from 'node:fs/promises'

export type NamedTensor = { name: string; shape: readonly number[]; values: Float32Array }

/** Writes float32 tensors as a safetensors file. */
export async function writeSafetensors(path: string, tensors: readonly NamedTensor[]): Promise<void> {
  let end = 0
  const header = Object.fromEntries(
    tensors.map(({ name, shape, values }) => {
      const begin = end
      end += values.byteLength
      return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }]
    }),
  )
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  await writeFile(
    path,
    Buffer.concat([length, text, ...tensors.map(({ values }) => Buffer.from(values.buffer))]),
  )
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
