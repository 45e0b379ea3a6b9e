import { readFile } from 'node:fs/promises'
import { hostArray } from '../../runtime/host-array.ts'
import { dequantise, ENCODINGS } from '../encoding/dequantise.ts'
import type { StoredTensor, WeightStore } from '../store/weight-store.ts'

/** The numbers that a stored weight stands for, read as the format is documented. */
export async function storedValues(store: WeightStore, name: string): Promise<number[]> {
  const stored = store.weights.get(name)
  if (!stored) throw new Error(`no ${name}`)
  const file = await readFile(store.path)
  const bytesOf = ({ offset, bytes }: StoredTensor) => Uint8Array.from(file.subarray(offset, offset + bytes))
  const read = (tensor: StoredTensor) => hostArray(tensor.dtype, bytesOf(tensor).buffer)
  if (stored.kind === 'plain') {
    const encoding = ENCODINGS.find((known) => known.name === NAMES[stored.tensor.dtype])
    if (!encoding) throw new Error(stored.tensor.dtype)
    return [...dequantise(bytesOf(stored.tensor), encoding)]
  }
  const { bits, block, shape } = stored
  const [rows = 0, columns = 0] = shape
  const [values, scales, zeros] = [stored.values, stored.scales, stored.zeros].map(
    (tensor) => tensor && read(tensor),
  )
  const perRow = columns / block
  return Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    const inRow = Math.floor(column / block)
    const packed = Number(values?.[bits === 8 ? at : at >> 1])
    const value = bits === 8 ? packed : (packed >> (at % 2 ? 4 : 0)) & 15
    const pair = zeros ? Number(zeros[row * Math.ceil(perRow / 2) + (inRow >> 1)]) : 0x88
    const zero = bits === 8 ? 128 : (pair >> (inRow % 2 ? 4 : 0)) & 15
    return Math.fround(Number(scales?.[row * perRow + inRow]) * (value - zero))
  })
}

const NAMES: Readonly<Record<string, string>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' }
