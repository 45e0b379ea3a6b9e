import { DTYPES, type DType } from '../onnx/types.ts'
import type { PlannedWeight, Precision } from './plan.ts'
import type { StoredTensor, StoredWeight } from './weight-store.ts'

/** Where everything goes, decided before a byte is written. */
export type StoreLayout = {
  bytes: number
  weights: Map<string, StoredWeight>
  /** The weights whose bytes must be written; others share theirs. */
  write: PlannedWeight[]
}

/** Tensors start on a cache line, so that kernels may read them where they are mapped. */
const ALIGNMENT = 64

/** Lays the weights of a plan out one after the other; those made of the same parts in the same way share bytes. */
export function storeLayout(plan: readonly PlannedWeight[], precision: Precision): StoreLayout {
  const layout: StoreLayout = { bytes: 0, weights: new Map(), write: [] }
  const made = new Map<string, StoredWeight>()
  const place = (dtype: DType, shape: readonly number[]): StoredTensor => {
    const offset = Math.ceil(layout.bytes / ALIGNMENT) * ALIGNMENT
    const bytes = shape.reduce((product, size) => product * size, 1) * DTYPES[dtype].bytes
    layout.bytes = offset + bytes
    return { dtype, shape, offset, bytes }
  }
  for (const weight of plan) {
    const dtype = precision === 'float16' || precision === 'bfloat16' ? precision : 'float32'
    const key = JSON.stringify([weight.parts, weight.shape, dtype])
    const shared = made.get(key)
    const stored: StoredWeight = shared ?? { kind: 'plain', tensor: place(dtype, weight.shape) }
    if (!shared) layout.write.push(weight)
    made.set(key, stored)
    layout.weights.set(weight.name, stored)
  }
  return layout
}
