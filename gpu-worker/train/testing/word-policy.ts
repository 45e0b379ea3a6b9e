import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import type { Loss } from '../loss.ts'
import type { Sample, Sampler } from '../sampler.ts'
import type { ScoredBranch, TokenTree } from '../token-tree.ts'
import type { Trainer, TrainerState, UpdateReport } from '../trainer.ts'

const FILE = 'logits.json'
/** The token that ends a reply; words come after it. */
const END = 0

/**
 * A policy whose parameters are the log-odds of each word at each place of a reply, whatever the prompt: its gradient is
 * exact and a step takes no time. For what a method does around its updates.
 */
export function wordPolicy(words: readonly string[], places: number, rate: number) {
  const size = words.length
  const parameters = () => new Float32Array(places * size)
  let state: TrainerState = {
    parameters: parameters(),
    ...{ first: new Float32Array(places), second: new Float32Array(places), updates: 0, lossScale: 1 },
  }
  const loaded = new Map<string, Float32Array>()

  const logprobsAt = (logits: Float32Array, place: number): number[] => {
    const row = [...logits.subarray(place * size, (place + 1) * size)]
    const highest = Math.max(...row)
    const log = highest + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0))
    return row.map((logit) => logit - log)
  }

  function scored(trees: readonly TokenTree[], logits: Float32Array): ScoredBranch[][] {
    return trees.map(({ branches }) =>
      branches.map(({ tokens }) => {
        const rows = tokens.map((token, place) => ({
          token,
          row: place < places ? logprobsAt(logits, place) : null,
        }))
        return {
          logprobs: Float32Array.from(rows, ({ token, row }) => row?.[token - 1] ?? 0),
          entropies: Float32Array.from(rows, ({ row }) =>
            row === null ? 0 : -row.reduce((sum, logprob) => sum + Math.exp(logprob) * logprob, 0),
          ),
        }
      }),
    )
  }

  function gradient(trees: readonly TokenTree[]): Float32Array {
    const sum = parameters()
    for (const { tokens, columns } of trees.flatMap(({ branches }) => branches)) {
      for (const [place, token] of tokens.entries()) {
        if (place >= places) continue
        const scale = (columns.weight?.[place] ?? 0) * (columns.advantage?.[place] ?? 0)
        const row = logprobsAt(state.parameters, place)
        for (let word = 0; word < size; word++) {
          const at = place * size + word
          sum[at] = (sum[at] ?? 0) - scale * (Number(word === token - 1) - Math.exp(row[word] ?? 0))
        }
      }
    }
    return sum
  }

  const trainer: Trainer = {
    parameterCount: places * size,
    get updates() {
      return state.updates
    },
    async update(trees: readonly TokenTree[], loss: Loss): Promise<UpdateReport> {
      if (loss.kind !== 'policy') throw new TypeError('only a policy is trained by words')
      const scores = scored(trees, state.parameters)
      const step = gradient(trees)
      const moved = state.parameters.map((value, at) => value - rate * (step[at] ?? 0))
      state = { ...state, parameters: moved, updates: state.updates + 1 }
      const gradientNorm = Math.hypot(...step)
      return { loss: 0, gradientNorm, learningRate: rate, tokens: 1, scores, applied: true, seconds: 0 }
    },
    gradient: async (trees) => gradient(trees),
    score: async (trees, given) =>
      scored(trees, given === undefined ? state.parameters : (given ?? parameters())),
    state: () => ({ ...state, parameters: state.parameters.slice() }),
    restore: (given) => {
      state = { ...given, parameters: given.parameters.slice() }
    },
    async save(folder) {
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, FILE), JSON.stringify([...state.parameters]))
    },
    dispose() {},
  }

  function draw(logits: Float32Array, temperature: number, seed: number): Sample {
    const random = seededRandom(seed)
    const tokens = Array.from({ length: places }, (_, place) => {
      const row = logprobsAt(logits, place)
      if (temperature === 0) return 1 + row.indexOf(Math.max(...row))
      const drawn = random()
      let below = 0
      for (const [word, logprob] of row.entries()) {
        below += Math.exp(logprob)
        if (drawn < below) return 1 + word
      }
      return size
    })
    const [[score] = []] = scored(
      [{ prompt: [END], branches: [{ tokens: [...tokens, END], columns: {} }] }],
      logits,
    )
    return {
      tokens: [...tokens, END],
      text: tokens.map((token) => words[token - 1] ?? '').join(' '),
      logprobs: score?.logprobs ?? new Float32Array(0),
      finish: 'stop',
    }
  }

  const sampler: Sampler = {
    prompt: (messages) => messages.map(() => END),
    encode: (text) => text.split(' ').map((word) => 1 + words.indexOf(word)),
    decode: (tokens) => tokens.map((token) => words[token - 1] ?? '').join(' '),
    end: END,
    async sample(requests) {
      return requests.map(({ role, count, temperature, seed }) => {
        const logits = loaded.get(role ?? '')
        if (!logits) throw new RangeError(`nothing is loaded for ${role}`)
        return Array.from({ length: count }, (_, index) =>
          draw(logits, temperature, derivedSeed(seed, index)),
        )
      })
    },
    choose: () => Promise.reject(new TypeError('words are not chosen between')),
    async load(role, folder) {
      loaded.set(role, Float32Array.from(JSON.parse(await readFile(join(folder, FILE), 'utf8'))))
    },
  }
  return { trainer, sampler }
}
