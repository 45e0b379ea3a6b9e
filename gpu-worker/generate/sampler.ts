import type { Random } from '../../shared/statistics/random.ts'
import { expOf } from './exp-table.ts'
import { largestOf, massOf } from './vocabulary-loops.ts'

/** log(sum(exp(logits))), to 1e-7 and better. */
export function logSumExp(logits: Float32Array): number {
  const largest = largestOf(logits)
  return largest + Math.log(massOf(logits, largest, 1))
}

/** The log-probabilities that the logits stand for. */
export function logSoftmax(logits: Float32Array): Float32Array {
  const offset = logSumExp(logits)
  return logits.map((logit) => logit - offset)
}

/** The index of the largest value, the first of equals. */
export function argmax(values: Float32Array): number {
  return Math.max(0, values.indexOf(largestOf(values)))
}

/** The indices of the `count` largest values, largest first. */
export function topIndices(values: Float32Array, count: number): number[] {
  const best: number[] = []
  let least = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length && count > 0; i++) {
    const value = values[i] ?? 0
    if (best.length === count && value <= least) continue
    const at = best.findIndex((other) => value > (values[other] ?? 0))
    best.splice(at < 0 ? best.length : at, 0, i)
    best.length = Math.min(best.length, count)
    least = values[best.at(-1) ?? i] ?? 0
  }
  return best
}

export type Sampling = { temperature: number; topP: number }

/**
 * Draws a token: the most likely one at temperature 0, else from softmax(logits / temperature) restricted to
 * the smallest set of tokens whose probability reaches `topP` (arXiv 1904.09751, section 3.1).
 */
export function sample(logits: Float32Array, { temperature, topP }: Sampling, random: Random): number {
  const best = argmax(logits)
  if (temperature <= 0) return best
  const largest = logits[best] ?? 0
  const mass = massOf(logits, largest, 1 / temperature)
  if (topP < 1) return sampleNucleus(logits, { largest, mass, temperature, topP }, random)
  let rest = random() * mass
  for (let id = 0; id < logits.length; id++) {
    rest -= expOf(((logits[id] ?? 0) - largest) / temperature)
    if (rest < 0) return id
  }
  return best
}

type Nucleus = Sampling & { largest: number; mass: number }

function sampleNucleus(
  logits: Float32Array,
  { largest, mass, temperature, topP }: Nucleus,
  random: Random,
): number {
  // Tokens below this have less than 1 - topP among them all: the nucleus lies among the others.
  const least = largest + temperature * Math.log((mass * (1 - topP)) / logits.length)
  const likely: number[] = []
  for (let id = 0; id < logits.length; id++) if ((logits[id] ?? 0) >= least) likely.push(id)
  likely.sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0))
  const weight = (id: number) => expOf(((logits[id] ?? 0) - largest) / temperature)
  let within = 0
  const end = likely.findIndex((id) => {
    within += weight(id)
    return within >= topP * mass
  })
  const nucleus = end < 0 ? likely : likely.slice(0, end + 1)
  let rest = random() * within
  for (const id of nucleus) {
    rest -= weight(id)
    if (rest < 0) return id
  }
  return nucleus.at(-1) ?? argmax(logits)
}
