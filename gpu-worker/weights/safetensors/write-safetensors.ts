import { open } from 'node:fs/promises'
import { writeBytes } from '../file-bytes.ts'

/** A float32 tensor with the name that it gets in a file. One that is large may be read when its turn has come. */
export type FloatTensor = {
  name: string
  shape: readonly number[]
  values: Float32Array | (() => Promise<Float32Array>)
}

/** Headers are padded so that the tensors begin at a multiple of it. */
const ALIGNMENT = 8

/**
 * Writes float32 tensors as a safetensors file, in their order, and has the disk keep them before it returns. `metadata`
 * is what the header holds beside the tensors; PyTorch's readers look for its default.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<FloatTensor>,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Promise<void> {
  const all = [...tensors]
  await using file = await open(path, 'w')
  const header = headerOf(all, metadata)
  await writeBytes(file, 0, header)
  let offset = header.length
  for (const { name, shape, values } of all) {
    const floats = typeof values === 'function' ? await values() : values
    if (floats.byteLength !== bytesOf(shape)) throw new TypeError(`${name} has ${floats.length} values`)
    await writeBytes(file, offset, floats)
    offset += floats.byteLength
  }
  await file.sync()
}

function headerOf(tensors: readonly FloatTensor[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let end = 0
  const entries = tensors.map(({ name, shape }) => {
    const begin = end
    end += bytesOf(shape)
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const
  })
  const text = new TextEncoder().encode(
    JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }),
  )
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT
  const header = new Uint8Array(8 + length).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true)
  header.set(text, 8)
  return header
}

function bytesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, Float32Array.BYTES_PER_ELEMENT)
}
