import { expect, test } from 'vitest'
import { dequantise, ENCODINGS } from '../../gpu-worker/weights/encoding/dequantise.ts'
import { type Encoder, encode, Q4_0, Q8_0, toHalf } from './encode.ts'

test.each([
  [0, 0],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65520, 0x7c00],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  // Halfway between two: the even one. A hair more: the next.
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [1 + 2 ** -11 + 2 ** -20, 0x3c01],
  // Rounded up to the next power of two.
  [2 - 2 ** -12, 0x4000],
])('%d is the half %i', (value, bits) => {
  expect(toHalf(value)).toBe(bits)
})

function readBack(values: Float32Array, encoder: Encoder): Float32Array {
  const encoding = ENCODINGS.find(({ type }) => type === encoder.type)
  if (!encoding) throw new Error('not an encoding that is read')
  return dequantise(encode(values, encoder), encoding)
}

test.each([
  ['Q4_0', Q4_0, 1 / 8],
  ['Q8_0', Q8_0, 1 / 254],
] as const)('%s keeps each number to within its step', (_, encoder, step) => {
  const values = Float32Array.from({ length: 96 }, (_, i) => Math.sin(i * 1.7) * (i < 32 ? 1 : 40))
  const read = readBack(values, encoder)
  // The scale is itself rounded, to 11 bits.
  for (const [i, value] of values.entries()) {
    const block = values.subarray(32 * Math.floor(i / 32), 32 * Math.floor(i / 32) + 32)
    const most = Math.max(...block.map(Math.abs))
    expect(Math.abs((read[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(step * most * 1.13)
  }
})

test.each([Q4_0, Q8_0])('a block of zeros stays zeros', (encoder) => {
  expect(readBack(new Float32Array(32), encoder).every((value) => value === 0)).toBe(true)
})
