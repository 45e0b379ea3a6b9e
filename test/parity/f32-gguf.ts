import { mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gguf } from '@huggingface/gguf'
import type { WeightStore } from '../../gpu-worker/weights/store.ts'

const ALIGNMENT = 32

/**
 * Writes a GGUF file with the metadata of another and the store's float32 tensors, so that llama.cpp computes
 * with the very numbers that our graphs read. Kept at `path` for the next time.
 */
export async function writeFloat32Gguf(source: string, store: WeightStore, path: string): Promise<void> {
  if (await stat(path).catch(() => null)) return
  const { tensorInfos, tensorInfoByteRange } = await gguf(source, { allowLocalFile: true })
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}`
  {
    await using original = await open(source, 'r')
    await using weights = await open(join(store.folder, store.data), 'r')
    await using target = await open(partial, 'w')

    const head = Buffer.alloc(tensorInfoByteRange[0])
    await original.read(head, 0, head.length, 0)
    let offset = 0
    const table = tensorInfos.map(({ name, shape }) => {
      const info = tensorInfo(name, shape, offset)
      offset = pad(offset + (store.tensors.get(name)?.length ?? 0))
      return info
    })
    const header = Buffer.concat([head, ...table])
    await target.write(header, 0, header.length, 0)

    let position = pad(header.length)
    for (const { name } of tensorInfos) {
      const entry = store.tensors.get(name)
      if (!entry) throw new Error(`the store has no ${name}`)
      const bytes = Buffer.alloc(entry.length)
      await weights.read(bytes, 0, entry.length, entry.offset)
      await target.write(bytes, 0, bytes.length, position)
      position = pad(position + entry.length)
    }
  }
  await rename(partial, path)
}

function tensorInfo(name: string, shape: readonly bigint[], offset: number): Buffer {
  const text = Buffer.from(name)
  const info = Buffer.alloc(8 + text.length + 4 + 8 * shape.length + 4 + 8)
  let at = info.writeBigUInt64LE(BigInt(text.length), 0)
  at += text.copy(info, at)
  at = info.writeUInt32LE(shape.length, at)
  for (const dim of shape) at = info.writeBigUInt64LE(dim, at)
  at = info.writeUInt32LE(0, at)
  info.writeBigUInt64LE(BigInt(offset), at)
  return info
}

function pad(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT
}
