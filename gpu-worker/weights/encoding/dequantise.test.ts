import { expect, test } from 'vitest'
import quantised from '../testing/quantised.json' with { type: 'json' }
import { dequantise, ENCODINGS } from './dequantise.ts'

/** binary16 of the numbers used below. */
const HALF = { 0.5: [0x00, 0x38], 2: [0x00, 0x40], '-1.5': [0x00, 0xbe] } as const

function values(name: string, bytes: number[]): number[] {
  const encoding = ENCODINGS.find((known) => known.name === name)
  if (!encoding) throw new Error(name)
  return [...dequantise(Uint8Array.from(bytes), encoding)]
}

/** 16 bytes whose low nibbles count up and whose high nibbles count down. */
const NIBBLES = Array.from({ length: 16 }, (_, i) => i | ((15 - i) << 4))
const UP = Array.from({ length: 16 }, (_, i) => i)
const DOWN = UP.toReversed()

test('F32 is read as it stands', () => {
  expect(values('F32', [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc1])).toEqual([1, -10])
})

test('F16 covers normal and subnormal numbers, zero and infinity', () => {
  const bytes = [...HALF[0.5], ...HALF['-1.5'], 0x01, 0x00, 0xff, 0x03, 0x00, 0x80, 0x00, 0x7c, 0xff, 0x7b]
  expect(values('F16', bytes)).toEqual([
    0.5,
    -1.5,
    2 ** -24,
    1023 * 2 ** -24,
    -0,
    Number.POSITIVE_INFINITY,
    65504,
  ])
})

test('BF16 is the upper half of a float32', () => {
  expect(values('BF16', [0x80, 0x3f, 0x49, 0xc0])).toEqual([1, -3.140625])
})

test('Q4_0 is a scale times quants centred on 8, low nibbles first', () => {
  const expected = [...UP, ...DOWN].map((quant) => 0.5 * (quant - 8))
  expect(values('Q4_0', [...HALF[0.5], ...NIBBLES])).toEqual(expected)
})

test('Q4_1 is a scale times quants plus a minimum', () => {
  const expected = [...UP, ...DOWN].map((quant) => 0.5 * quant - 1.5)
  expect(values('Q4_1', [...HALF[0.5], ...HALF['-1.5'], ...NIBBLES])).toEqual(expected)
})

test('Q8_0 is a scale times signed bytes', () => {
  const quants = Array.from({ length: 32 }, (_, i) => i * 8 - 128)
  const expected = quants.map((quant) => 2 * quant)
  expect(values('Q8_0', [...HALF[2], ...quants.map((quant) => quant & 255)])).toEqual(expected)
})

test('blocks follow one another', () => {
  const block = [...HALF[2], ...NIBBLES]
  const [first, second] = [values('Q4_0', block), values('Q4_0', [...block, ...block])]
  expect(second).toEqual([...first, ...first])
})

test.for(quantised.cases)('$encoding is what an independent implementation makes of it', (given) => {
  const expected = new Float32Array(Uint8Array.from(Buffer.from(given.floats, 'base64')).buffer)
  const actual = values(given.encoding, [...Buffer.from(given.bytes, 'base64')])
  expect(actual.length).toBe(expected.length)
  const distance = (value: number, i: number) => Math.abs(value - (expected[i] ?? Number.NaN))
  expect(Math.max(...actual.map(distance))).toBeLessThan(1e-6 * Math.max(...expected.map(Math.abs)))
})

test('every encoding that is not a plain float has such a case', () => {
  const shown = new Set(quantised.cases.map(({ encoding }) => encoding))
  expect(ENCODINGS.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual(['F32'])
})
