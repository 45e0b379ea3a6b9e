import { expect, test } from 'vitest'
import { applyMask } from './apply-mask.ts'

/** A mask over `size` tokens that allows those that `allows` names. */
function maskOf(size: number, allows: (token: number) => boolean): Int32Array {
  const mask = new Int32Array(Math.ceil(size / 32))
  for (let token = 0; token < size; token++) {
    if (allows(token)) mask[token >>> 5] = (mask[token >>> 5] ?? 0) | (1 << (token & 31))
  }
  return mask
}

test.for<[string, (token: number) => boolean]>([
  ['none', () => false],
  ['all', () => true],
  ['one in three', (token) => token % 3 === 0],
  ['the last of each word', (token) => token % 32 === 31],
])('what the mask allows keeps its logit, the rest gets -Infinity: %s', ([, allows]) => {
  for (const size of [1, 31, 32, 33, 100]) {
    const logits = Float32Array.from({ length: size }, (_, token) => token - 7)
    applyMask(logits, maskOf(size, allows))
    const expected = Array.from({ length: size }, (_, token) => (allows(token) ? token - 7 : -Infinity))
    expect(Array.from(logits)).toEqual(expected)
  }
})

test('logits that pad the vocabulary are forbidden', () => {
  const logits = new Float32Array(40)
  applyMask(
    logits,
    maskOf(32, () => true),
  )
  expect(logits[31]).toBe(0)
  expect(Array.from(logits.subarray(32))).toEqual(Array(8).fill(-Infinity))
})

test('a vocabulary of 150 000 takes far less than a forward pass', () => {
  const logits = new Float32Array(150_000)
  const mask = maskOf(logits.length, (token) => token % 5 === 0)
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now()
    applyMask(logits, mask)
    return performance.now() - start
  }).sort((a, b) => a - b)
  console.log(`applyMask, 150 000 tokens: ${(times[25] ?? 0).toFixed(3)} ms at the median`)
  expect(times[25]).toBeLessThan(5)
})
