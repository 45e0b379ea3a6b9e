import type { Random } from './random.ts'

/** log(sum(exp(logits))), in double precision. */
export function logSumExp(logits: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const logit of logits) if (logit > largest) largest = logit
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - largest)
  return largest + Math.log(sum)
}

/** The log-probabilities that the logits stand for. */
export function logSoftmax(logits: Float32Array): Float32Array {
  const offset = logSumExp(logits)
  return logits.map((logit) => logit - offset)
}

/** The index of the largest value, the first of equals. */
export function argmax(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i
  return best
}

/** The indices of the `count` largest values, largest first. */
export function topIndices(values: Float32Array, count: number): number[] {
  const best: number[] = []
  for (let i = 0; i < values.length && count > 0; i++) {
    const value = values[i] ?? 0
    if (best.length === count && value <= (values[best[count - 1] ?? 0] ?? 0)) continue
    const at = best.findIndex((other) => value > (values[other] ?? 0))
    best.splice(at < 0 ? best.length : at, 0, i)
    best.length = Math.min(best.length, count)
  }
  return best
}

export type Sampling = { temperature: number; topP: number }

/**
 * Draws a token: the most likely one at temperature 0, else from softmax(logits / temperature) restricted to
 * the smallest set of tokens whose probability reaches `topP` (arXiv 1904.09751, section 3.1).
 */
export function sample(logits: Float32Array, { temperature, topP }: Sampling, random: Random): number {
  if (temperature <= 0) return argmax(logits)
  const probabilities = logSoftmax(logits.map((logit) => logit / temperature)).map(Math.exp)
  const nucleus = topP < 1 ? nucleusOf(probabilities, topP) : Array.from(probabilities.keys())
  const mass = nucleus.reduce((sum, id) => sum + (probabilities[id] ?? 0), 0)
  let rest = random() * mass
  for (const id of nucleus) {
    rest -= probabilities[id] ?? 0
    if (rest < 0) return id
  }
  return nucleus.at(-1) ?? argmax(logits)
}

function nucleusOf(probabilities: Float32Array, topP: number): number[] {
  // Tokens below this have less than 1 - topP among them all: the nucleus lies among the others.
  const least = (1 - topP) / probabilities.length
  const likely = Array.from(probabilities.keys()).filter((id) => (probabilities[id] ?? 0) >= least)
  likely.sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0))
  let mass = 0
  const end = likely.findIndex((id) => {
    mass += probabilities[id] ?? 0
    return mass >= topP
  })
  return end < 0 ? likely : likely.slice(0, end + 1)
}
