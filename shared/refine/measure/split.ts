import { canonicalJson } from '../../identity/canonical-json.ts'
import { sha256 } from '../../identity/hash.ts'
import type { LabelledPair } from './pair.ts'

/** Pairs to learn from, to choose by, and to report on once. */
export type Split = { train: LabelledPair[]; dev: LabelledPair[]; test: LabelledPair[] }

/** The share of each part; the rest is the test set. */
export const SHARES = { train: 0.5, dev: 0.3 } as const

/**
 * Splits pairs by the hash of the seed and their prompt, stratified by domain: the same for any order of the file, and
 * pairs of one prompt stay together, so that nothing learnt of a prompt is tested on it.
 */
export async function splitPairs(pairs: LabelledPair[], seed: number): Promise<Split> {
  const placed = await Promise.all(
    pairs.map(async (pair) => {
      const prompt = await sha256(canonicalJson(['split', seed, pair.prompt]))
      return { pair, prompt, place: `${prompt} ${pair.id}` }
    }),
  )
  placed.sort((a, b) => (a.place < b.place ? -1 : 1))
  const parts: Split = { train: [], dev: [], test: [] }
  const taken = new Map<string, keyof Split>()
  for (const [, stratum] of Map.groupBy(placed, ({ pair }) => pair.domain ?? '')) {
    for (const [index, { pair, prompt }] of stratum.entries()) {
      const part = taken.get(prompt) ?? partAt((index + 0.5) / stratum.length)
      taken.set(prompt, part)
      parts[part].push(pair)
    }
  }
  return parts
}

function partAt(share: number): keyof Split {
  if (share < SHARES.train) return 'train'
  return share < SHARES.train + SHARES.dev ? 'dev' : 'test'
}
