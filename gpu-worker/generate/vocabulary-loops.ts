import { expOf } from './exp-table.ts'

/**
 * Loops over a vocabulary, once a token. They are long on purpose: a short one is compiled as a part of its caller,
 * which runs too rarely to be compiled well, and takes five times as long.
 */

/** The largest value; -Infinity for none. */
export function largestOf(values: Float32Array): number {
  let most0 = Number.NEGATIVE_INFINITY
  let most1 = Number.NEGATIVE_INFINITY
  let most2 = Number.NEGATIVE_INFINITY
  let most3 = Number.NEGATIVE_INFINITY
  let most4 = Number.NEGATIVE_INFINITY
  let most5 = Number.NEGATIVE_INFINITY
  let most6 = Number.NEGATIVE_INFINITY
  let most7 = Number.NEGATIVE_INFINITY
  const whole = values.length - (values.length % 8)
  for (let i = 0; i < whole; i += 8) {
    const value0 = values[i + 0] ?? Number.NaN
    if (value0 > most0) most0 = value0
    const value1 = values[i + 1] ?? Number.NaN
    if (value1 > most1) most1 = value1
    const value2 = values[i + 2] ?? Number.NaN
    if (value2 > most2) most2 = value2
    const value3 = values[i + 3] ?? Number.NaN
    if (value3 > most3) most3 = value3
    const value4 = values[i + 4] ?? Number.NaN
    if (value4 > most4) most4 = value4
    const value5 = values[i + 5] ?? Number.NaN
    if (value5 > most5) most5 = value5
    const value6 = values[i + 6] ?? Number.NaN
    if (value6 > most6) most6 = value6
    const value7 = values[i + 7] ?? Number.NaN
    if (value7 > most7) most7 = value7
  }
  for (let i = whole; i < values.length; i++) most0 = Math.max(most0, values[i] ?? most0)
  return Math.max(most0, most1, most2, most3, most4, most5, most6, most7)
}

/** sum(exp((logit - largest) * scale)). */
export function massOf(logits: Float32Array, largest: number, scale: number): number {
  let mass0 = 0
  let mass1 = 0
  let mass2 = 0
  let mass3 = 0
  let mass4 = 0
  let mass5 = 0
  let mass6 = 0
  let mass7 = 0
  const whole = logits.length - (logits.length % 8)
  for (let i = 0; i < whole; i += 8) {
    mass0 += expOf(((logits[i + 0] ?? 0) - largest) * scale)
    mass1 += expOf(((logits[i + 1] ?? 0) - largest) * scale)
    mass2 += expOf(((logits[i + 2] ?? 0) - largest) * scale)
    mass3 += expOf(((logits[i + 3] ?? 0) - largest) * scale)
    mass4 += expOf(((logits[i + 4] ?? 0) - largest) * scale)
    mass5 += expOf(((logits[i + 5] ?? 0) - largest) * scale)
    mass6 += expOf(((logits[i + 6] ?? 0) - largest) * scale)
    mass7 += expOf(((logits[i + 7] ?? 0) - largest) * scale)
  }
  for (let i = whole; i < logits.length; i++) mass0 += expOf(((logits[i] ?? 0) - largest) * scale)
  return mass0 + mass1 + mass2 + mass3 + mass4 + mass5 + mass6 + mass7
}
