import { mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { gguf } from '@huggingface/gguf'
import { dequantise } from '../../gpu-worker/weights/encoding/dequantise.ts'
import { readGgufCheckpoint } from '../../gpu-worker/weights/gguf/gguf-checkpoint.ts'
import { type Encoder, encode, F32, Q4_0, Q8_0 } from './encode.ts'

const ALIGNMENT = 32

/** What every tensor of a file is stored as. */
export const FILE_KINDS = {
  F32: () => F32,
  /** As llama.cpp's own converter does where rows are no multiple of 256: the embedding, also the head, in 8 bits. */
  Q4_0: (name: string, shape: readonly number[]) =>
    shape.length < 2 ? F32 : name === 'token_embd.weight' || name === 'output.weight' ? Q8_0 : Q4_0,
} as const satisfies Record<string, (name: string, shape: readonly number[]) => Encoder>
export type FileKind = keyof typeof FILE_KINDS

/**
 * Writes a GGUF file with the metadata and the tensors of another, encoded otherwise, so that two engines read
 * the very same numbers. Kept at `path` for the next time.
 */
export async function writeGguf(source: string, kind: FileKind, path: string): Promise<void> {
  if (await stat(path).catch(() => null)) return
  const { tensors } = await readGgufCheckpoint(source)
  const { tensorInfoByteRange } = await gguf(source, { allowLocalFile: true })
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}`
  {
    await using original = await open(source, 'r')
    await using target = await open(partial, 'w')

    const head = Buffer.alloc(tensorInfoByteRange[0])
    await original.read(head, 0, head.length, 0)
    let offset = 0
    const planned = Array.from(tensors, ([name, tensor]) => {
      const encoder = FILE_KINDS[kind](name, tensor.shape)
      const elements = tensor.shape.reduce((product, dim) => product * dim, 1)
      const bytes = (elements / encoder.elements) * encoder.bytes
      const info = tensorInfo(name, tensor.shape, encoder.type, offset)
      offset = pad(offset + bytes)
      return { tensor, encoder, info }
    })
    const header = Buffer.concat([head, ...planned.map(({ info }) => info)])
    await target.write(header, 0, header.length, 0)

    let position = pad(header.length)
    for (const { tensor, encoder } of planned) {
      const stored = Buffer.alloc(tensor.bytes)
      await original.read(stored, 0, stored.length, tensor.offset)
      const bytes = encode(dequantise(stored, tensor.encoding), encoder)
      await target.write(bytes, 0, bytes.length, position)
      position = pad(position + bytes.length)
    }
    await target.truncate(position)
  }
  await rename(partial, path)
}

/** GGUF names the fastest axis first. */
function tensorInfo(name: string, shape: readonly number[], type: number, offset: number): Buffer {
  const text = Buffer.from(name)
  const info = Buffer.alloc(8 + text.length + 4 + 8 * shape.length + 4 + 8)
  let at = info.writeBigUInt64LE(BigInt(text.length), 0)
  at += text.copy(info, at)
  at = info.writeUInt32LE(shape.length, at)
  for (const dim of shape.toReversed()) at = info.writeBigUInt64LE(BigInt(dim), at)
  at = info.writeUInt32LE(type, at)
  info.writeBigUInt64LE(BigInt(offset), at)
  return info
}

function pad(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT
}
