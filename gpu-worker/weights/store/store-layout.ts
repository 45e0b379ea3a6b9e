import { DTYPES, type DType } from '../../onnx/types.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { type BlockedForm, blockedForms } from './blocked-form.ts'
import { zeroBytes } from './blocks.ts'
import type { PlannedWeight, Precision } from './plan.ts'
import type { StoredTensor, StoredWeight } from './weight-store.ts'

/** A weight whose bytes must be written. */
export type WeightToWrite = { weight: PlannedWeight; stored: StoredWeight }

/** Where everything goes, decided before a byte is written. */
export type StoreLayout = {
  bytes: number
  weights: ReadonlyMap<string, StoredWeight>
  /** Without those that share another's bytes. */
  write: readonly WeightToWrite[]
}

/** Tensors start on a cache line, so that kernels may read them where they are mapped. */
const ALIGNMENT = 64

/** Lays the weights of a plan out one after the other; those made of the same parts in the same way share bytes. */
export function storeLayout(
  checkpoint: Checkpoint,
  plan: readonly PlannedWeight[],
  precision: Precision,
): StoreLayout {
  const forms = blockedForms(checkpoint, plan, precision)
  const dtype = precision === 'float16' || precision === 'bfloat16' ? precision : 'float32'
  const weights = new Map<string, StoredWeight>()
  const made = new Map<string, StoredWeight>()
  const write: WeightToWrite[] = []
  let bytes = 0
  const place = (type: DType, shape: readonly number[]): StoredTensor => {
    const offset = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    const length = shape.reduce((product, size) => product * size, 1) * DTYPES[type].bytes
    bytes = offset + length
    return { dtype: type, shape, offset, bytes: length }
  }
  for (const weight of plan) {
    const form = forms.get(weight.name)
    const key = JSON.stringify([weight.parts, weight.shape, form ?? dtype])
    let stored = made.get(key)
    if (!stored) {
      stored = form
        ? placeBlocked(weight.shape, form, place)
        : { kind: 'plain', tensor: place(dtype, weight.shape) }
      made.set(key, stored)
      write.push({ weight, stored })
    }
    weights.set(weight.name, stored)
  }
  return { bytes, weights, write }
}

function placeBlocked(
  shape: readonly number[],
  { bits, block, zeros }: BlockedForm,
  place: (dtype: DType, shape: readonly number[]) => StoredTensor,
): StoredWeight {
  const [rows = 0, columns = 0] = shape
  const perRow = columns / block
  return {
    kind: 'blocked',
    bits,
    block,
    shape,
    values: place('uint8', [rows, perRow, (block * bits) / 8]),
    scales: place('float32', [rows * perRow]),
    zeros: zeros ? place('uint8', [rows * zeroBytes(perRow)]) : null,
  }
}
