import { PlumblineError } from '../../shared/protocol/error.ts'
import type { CheckpointTensor } from './checkpoint.ts'

/** Throws `not_configured` for a file that can't be used; `what` says why, and what to do. */
export function refuseFile(path: string, what: string, cause?: unknown): never {
  throw new PlumblineError('not_configured', `${path} ${what}.`, { cause })
}

/**
 * Checks that a file's tensors lie within it and don't overlap. Throws `not_configured` for a file that is cut
 * short, or whose table can't be true.
 */
export function checkTable(path: string, size: number, tensors: ReadonlyMap<string, CheckpointTensor>): void {
  let end = 0
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes)
  for (const [name, { shape, offset, bytes, encoding }] of inOrder) {
    const whole = shape.length > 0 && (shape.at(-1) ?? 0) % encoding.elements === 0
    if (!whole || !Number.isSafeInteger(offset + bytes) || offset < end) {
      refuseFile(path, `says what can't be of its tensor ${name}; delete it and fetch it again`)
    }
    end = offset + bytes
  }
  if (size < end) {
    refuseFile(path, `is cut short at ${size} of ${end} bytes; delete it and fetch it again`)
  }
}

/** How many bytes a tensor takes. */
export function tensorBytes({ shape, encoding }: Pick<CheckpointTensor, 'shape' | 'encoding'>): number {
  return (shape.reduce((product, size) => product * size, 1) / encoding.elements) * encoding.bytes
}
