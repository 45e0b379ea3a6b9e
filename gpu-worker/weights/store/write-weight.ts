import type { FileHandle } from 'node:fs/promises'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { DType } from '../../onnx/types.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { writeBytes } from '../file-bytes.ts'
import type { BlockedForm } from './blocked-form.ts'
import { keptBlocks } from './kept-blocks.ts'
import { toBfloat16, toFloat16 } from './narrow-floats.ts'
import { type OpenFiles, type PartRows, partRows, partTensor } from './part-rows.ts'
import type { PlannedWeight } from './plan.ts'
import { quantise } from './quantise.ts'
import type { StoredTensor, StoredWeight } from './weight-store.ts'

/** An array, and the place of the file that it goes to. */
type Piece = [StoredTensor, ArrayBufferView]

/**
 * Writes a weight to its place, some rows at a time, and yields how many bytes that were. Throws `not_configured`
 * where a number can't be stored in that type.
 */
export async function* writeWeight(
  checkpoint: Checkpoint,
  weight: PlannedWeight,
  stored: StoredWeight,
  files: OpenFiles,
  target: FileHandle,
): AsyncGenerator<number> {
  const written = new Map<StoredTensor, number>()
  for (const part of weight.parts) {
    for await (const rows of partRows(partTensor(checkpoint, part), part, files)) {
      const pieces = convert(rows, stored)
      if (!pieces) throw unstorable(checkpoint.path, part.tensor, stored)
      for (const [tensor, values] of pieces) {
        const done = written.get(tensor) ?? 0
        await writeBytes(target, tensor.offset + done, values)
        written.set(tensor, done + values.byteLength)
        yield values.byteLength
      }
    }
  }
}

/** Null where a number can't be stored. */
function convert(rows: PartRows, stored: StoredWeight): Piece[] | null {
  if (stored.kind === 'plain') {
    const values = narrowed(rows.values(), stored.tensor.dtype)
    return values && [[stored.tensor, values]]
  }
  const { bits, block, shape, zeros } = stored
  const form: BlockedForm = { bits, block, zeros: zeros !== null }
  const [, columns = 0] = shape
  const made = keptBlocks(rows, columns, form) ?? quantise(rows.values(), columns, form)
  if (!made) return null
  const pieces: Piece[] = [
    [stored.values, made.values],
    [stored.scales, made.scales],
  ]
  return zeros && made.zeros ? [...pieces, [zeros, made.zeros]] : pieces
}

function narrowed(values: Float32Array, dtype: DType): ArrayBufferView | null {
  if (dtype === 'float16') return toFloat16(values)
  return dtype === 'bfloat16' ? toBfloat16(values) : values
}

function unstorable(path: string, tensor: string, stored: StoredWeight): PlumblineError {
  const type = stored.kind === 'plain' ? stored.tensor.dtype : `int${stored.bits}`
  return new PlumblineError(
    'not_configured',
    `${path} holds a number in ${tensor} that ${type} can't hold; choose another precision, or fetch the model again.`,
  )
}
