import { type FileHandle, open } from 'node:fs/promises'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Checkpoint, CheckpointTensor } from '../checkpoint.ts'
import { dequantise } from '../encoding/dequantise.ts'
import type { Encoding } from '../encoding/encoding.ts'
import { readBytes } from '../file-bytes.ts'
import type { WeightPart } from './plan.ts'

/** Some rows of a part, in the order in which they are stored. */
export type PartRows = {
  encoding: Encoding
  /** In that encoding. */
  bytes: Uint8Array<ArrayBuffer>
  /** What is added to each element. */
  plus: number
  /** Their values, `plus` added. */
  values(): Float32Array<ArrayBuffer>
}

/** How many elements are worked on at a time: 8 MB as float32. */
const ELEMENTS = 2 ** 21

/** Files that are read from again and again. */
export type OpenFiles = { handle(path: string): Promise<FileHandle> } & AsyncDisposable

/** Opens each file when it is first asked for, and closes them all when disposed. */
export function openFiles(): OpenFiles {
  const handles = new Map<string, Promise<FileHandle>>()
  return {
    handle(path) {
      const handle = handles.get(path) ?? open(path, 'r')
      handles.set(path, handle)
      return handle
    },
    async [Symbol.asyncDispose]() {
      for (const handle of await Promise.allSettled(handles.values())) {
        if (handle.status === 'fulfilled') await handle.value.close()
      }
    },
  }
}

/** The tensor that a part names. Throws `not_configured` where the checkpoint has none. */
export function partTensor(checkpoint: Checkpoint, part: WeightPart): CheckpointTensor {
  const tensor = checkpoint.tensors.get(part.tensor)
  if (tensor) return tensor
  throw new PlumblineError(
    'not_configured',
    `${checkpoint.path} has no tensor ${part.tensor}; fetch it again.`,
  )
}

/** Reads a part block of rows by block of rows: whatever its size, a few megabytes at a time. A vector is one row, or one row an element where heads are put back. */
export async function* partRows(
  tensor: CheckpointTensor,
  part: WeightPart,
  files: OpenFiles,
): AsyncGenerator<PartRows> {
  const heads = part.neighbouringHeads
  const columns = tensor.shape.length > 1 || heads === undefined ? (tensor.shape.at(-1) ?? 1) : 1
  const rows = tensor.shape.reduce((product, size) => product * size, 1) / columns
  const group = heads === undefined ? 1 : rows / heads
  if (
    !Number.isSafeInteger(group) ||
    (heads !== undefined && group % 2 !== 0) ||
    columns % tensor.encoding.elements !== 0
  ) {
    throw new PlumblineError(
      'not_configured',
      `${part.tensor} of [${tensor.shape}] can't be cut into ${heads} heads of two halves; fetch ${tensor.file} again.`,
    )
  }
  const rowBytes = (columns / tensor.encoding.elements) * tensor.encoding.bytes
  const step = group * Math.max(1, Math.floor(ELEMENTS / columns / group))
  const source = await files.handle(tensor.file)
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row)
    const read = await readBytes(source, tensor.file, tensor.offset + row * rowBytes, count * rowBytes)
    const bytes = heads === undefined ? read : halvesFromNeighbours(read, group, rowBytes)
    const { encoding } = tensor
    const plus = part.plus ?? 0
    yield { encoding, bytes, plus, values: () => added(dequantise(bytes, encoding), plus) }
  }
}

/** Rows 2i and 2i + 1 of each group become rows i and i + half. */
function halvesFromNeighbours(bytes: Uint8Array, group: number, rowBytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length)
  for (let row = 0; row < bytes.length / rowBytes; row++) {
    const within = row % group
    const to = row - within + (within >> 1) + (within % 2) * (group / 2)
    out.set(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), to * rowBytes)
  }
  return out
}

function added(values: Float32Array<ArrayBuffer>, plus: number): Float32Array<ArrayBuffer> {
  if (plus !== 0) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) + plus
  return values
}
