import { open } from 'node:fs/promises'
import * as z from 'zod'
import type { CheckpointTensor } from '../checkpoint.ts'
import { ENCODINGS } from '../encoding/dequantise.ts'
import type { Encoding } from '../encoding/encoding.ts'
import { readBytes } from '../file-bytes.ts'
import { checkTable, refuseFile, tensorBytes } from '../tensor-table.ts'

/** What the format allows a header. */
const LONGEST_HEADER = 100_000_000
const DTYPES = ['F32', 'F16', 'BF16']

const size = z.int().nonnegative()
const header = z.record(
  z.string(),
  z.object({ dtype: z.string(), shape: z.array(size), data_offsets: z.tuple([size, size]) }),
)

/**
 * The table of tensors of a safetensors file: a length of 8 bytes, a header in JSON of that length, the tensors'
 * bytes. Throws `not_configured` for a file that is something else, is cut short or contradicts itself.
 */
export async function readSafetensors(path: string): Promise<Map<string, CheckpointTensor>> {
  await using file = await open(path, 'r').catch((cause) =>
    refuseFile(path, "can't be read; fetch the model again", cause),
  )
  const { size } = await file.stat()
  const broken = 'is not a whole safetensors file; delete it and fetch it again'
  if (size < 8) refuseFile(path, broken)
  const length = Number(new DataView((await readBytes(file, path, 0, 8)).buffer).getBigUint64(0, true))
  if (length > LONGEST_HEADER || length > size - 8) refuseFile(path, broken)
  const { __metadata__, ...entries } =
    parseObject(await readBytes(file, path, 8, length)) ?? refuseFile(path, broken)
  const table = header.safeParse(entries)
  if (!table.success) return refuseFile(path, broken, table.error)

  const tensors = new Map<string, CheckpointTensor>()
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(table.data)) {
    const encoding = encodingOf(path, dtype, name)
    const [from, to] = data_offsets
    const bytes = tensorBytes({ shape, encoding })
    if (to - from !== bytes)
      refuseFile(path, `says what can't be of its tensor ${name}; delete it and fetch it again`)
    tensors.set(name, { shape, encoding, file: path, offset: 8 + length + from, bytes })
  }
  checkTable(path, size, tensors)
  return tensors
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

function encodingOf(path: string, dtype: string, tensor: string): Encoding {
  const encoding = DTYPES.includes(dtype) ? ENCODINGS.find(({ name }) => name === dtype) : undefined
  return (
    encoding ??
    refuseFile(
      path,
      `stores ${tensor} as ${dtype}; use a model whose tensors are ${DTYPES.join(', ')}, or a GGUF file`,
    )
  )
}
