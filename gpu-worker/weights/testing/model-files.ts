import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Small model files for tests, byte by byte. */

export type FileTensor = { shape: readonly number[]; bytes: Uint8Array }

export const floatBytes = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer)

/** `header` is merged into the one that the tensors need. */
export function safetensorsBytes(
  tensors: Readonly<Record<string, FileTensor & { dtype: string }>>,
  header: object = {},
): Buffer {
  let end = 0
  const entries = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const begin = end
    end += bytes.length
    return [name, { dtype, shape, data_offsets: [begin, end] }]
  })
  const text = Buffer.from(JSON.stringify({ ...Object.fromEntries(entries), ...header }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, ...Object.values(tensors).map(({ bytes }) => bytes)])
}

/** Of float32 tensors. */
export function float32Safetensors(tensors: Readonly<Record<string, [number[], readonly number[]]>>): Buffer {
  const entries = Object.entries(tensors).map(([name, [shape, values]]) => [
    name,
    { dtype: 'F32', shape, bytes: floatBytes(values) },
  ])
  return safetensorsBytes(Object.fromEntries(entries))
}

type Setting = string | number | boolean | readonly string[] | readonly number[]

/** Numbers are written as float32. A tensor's type is GGML's number; its shape is the slowest axis first. */
export function ggufBytes(
  settings: Readonly<Record<string, Setting>>,
  tensors: Readonly<Record<string, FileTensor & { type: number }>> = {},
): Buffer {
  let offset = 0
  const infos = Object.entries(tensors).map(([name, { shape, type, bytes }]) => {
    const at = offset
    offset = padded(offset + bytes.length)
    return [
      string(name),
      int(4, shape.length),
      ...shape.toReversed().map((dim) => int(8, dim)),
      int(4, type),
      int(8, at),
    ]
  })
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    int(4, 3),
    int(8, infos.length),
    int(8, Object.keys(settings).length),
    ...Object.entries(settings).flatMap(([key, value]) => [string(key), setting(value)]),
    ...infos.flat(),
  ])
  const data = Object.values(tensors).map(({ bytes }) =>
    Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]),
  )
  return Buffer.concat([head, Buffer.alloc(padded(head.length) - head.length), ...data])
}

const padded = (length: number) => Math.ceil(length / 32) * 32

function int(size: 4 | 8, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes.subarray(0, size)
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([int(8, bytes.length), bytes])
}

function setting(value: Setting): Buffer {
  if (Array.isArray(value)) {
    const [type = int(4, 8)] = value.map((entry) => scalar(entry).type)
    return Buffer.concat([
      int(4, 9),
      type,
      int(8, value.length),
      ...value.map((entry) => scalar(entry).bytes),
    ])
  }
  const { type, bytes } = scalar(value)
  return Buffer.concat([type, bytes])
}

function scalar(value: unknown): { type: Buffer; bytes: Buffer } {
  if (typeof value === 'string') return { type: int(4, 8), bytes: string(value) }
  if (typeof value === 'boolean') return { type: int(4, 7), bytes: Buffer.of(value ? 1 : 0) }
  return { type: int(4, 6), bytes: Buffer.from(floatBytes([Number(value)])) }
}

/** Writes files into a folder: text, bytes, or an object as JSON. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array | object>>,
): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    const path = `${folder}/${name}`
    await mkdir(dirname(path), { recursive: true })
    const raw = typeof content === 'string' || content instanceof Uint8Array
    await writeFile(path, raw ? content : JSON.stringify(content))
  }
  return folder
}
