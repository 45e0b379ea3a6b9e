import { half } from '../encoding/encoding.ts'
import type { BlockedForm } from './blocked-form.ts'
import { type Blocks, emptyBlocks } from './blocks.ts'
import type { PartRows } from './part-rows.ts'

/**
 * Rows whose quantised blocks can be kept as they are: Q4_0 in four or eight bits, Q8_0 in eight. Null for any
 * other encoding or form.
 */
export function keptBlocks(
  { bytes, encoding, plus }: PartRows,
  columns: number,
  form: BlockedForm,
): Blocks | null {
  const fromFour = encoding.name === 'Q4_0'
  if (plus !== 0 || form.block !== 32 || !(fromFour || (encoding.name === 'Q8_0' && form.bits === 8)))
    return null
  const count = bytes.length / encoding.bytes
  const made = emptyBlocks((count * 32) / columns, columns, form)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const put = fromFour ? (form.bits === 4 ? fourAsFour : fourAsEight) : eightAsEight
  for (let block = 0; block < count; block++) {
    const at = block * encoding.bytes
    made.scales[block] = half(view, at)
    put(bytes, at + 2, made.values, block * 4 * form.bits)
  }
  return made
}

/** The low halves are elements 0 to 15 and the high ones 16 to 31: neighbours come together. */
function fourAsFour(from: Uint8Array, at: number, values: Uint8Array, to: number): void {
  for (let i = 0; i < 8; i++) {
    const [even, odd] = [from[at + 2 * i] ?? 0, from[at + 2 * i + 1] ?? 0]
    values[to + i] = (even & 15) | ((odd & 15) << 4)
    values[to + 8 + i] = (even >> 4) | (odd & 0xf0)
  }
}

/** Centred on 128 instead of 8. */
function fourAsEight(from: Uint8Array, at: number, values: Uint8Array, to: number): void {
  for (let i = 0; i < 16; i++) {
    const pair = from[at + i] ?? 0
    values[to + i] = (pair & 15) + 120
    values[to + 16 + i] = (pair >> 4) + 120
  }
}

/** Signed bytes, centred on 128. */
function eightAsEight(from: Uint8Array, at: number, values: Uint8Array, to: number): void {
  for (let i = 0; i < 32; i++) values[to + i] = (from[at + i] ?? 0) ^ 0x80
}
