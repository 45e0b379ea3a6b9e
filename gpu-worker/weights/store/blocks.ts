import type { BlockedForm } from './blocked-form.ts'

/**
 * Rows of a linear layer as MatMulNBits takes them: values [rows, blocks, block * bits / 8], of a byte's two 4-bit
 * values the even element in the low half; a scale a block; where there are zero points, four bits a block, each row
 * padded to whole bytes. An element is scale * (value - zero), with the middle as zero where none is given.
 */
export type Blocks = {
  values: Uint8Array<ArrayBuffer>
  scales: Float32Array<ArrayBuffer>
  zeros: Uint8Array<ArrayBuffer> | null
}

/** How many bytes a row's zero points take. */
export function zeroBytes(blocksPerRow: number): number {
  return Math.ceil(blocksPerRow / 2)
}

/** Room for rows of so many elements; all zero points are the middle. */
export function emptyBlocks(rows: number, columns: number, { bits, block, zeros }: BlockedForm): Blocks {
  const perRow = columns / block
  return {
    values: new Uint8Array((rows * columns * bits) / 8),
    scales: new Float32Array(rows * perRow),
    zeros: zeros ? new Uint8Array(rows * zeroBytes(perRow)).fill(0x88) : null,
  }
}

/** Sets the zero point of a block, counted over all rows. */
export function setZero(zeros: Uint8Array, block: number, perRow: number, zero: number): void {
  const at = Math.floor(block / perRow) * zeroBytes(perRow) + ((block % perRow) >> 1)
  const pair = zeros[at] ?? 0
  zeros[at] = (block % perRow) & 1 ? (pair & 15) | (zero << 4) : (pair & 0xf0) | zero
}
