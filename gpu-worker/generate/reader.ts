import type { KvBudget } from './kv/kv-budget.ts'
import type { PrefixCache, SequenceWanted } from './kv/prefix-cache.ts'
import type { Sequence } from './kv/sequence.ts'
import type { Packed } from './packed/plan.ts'
import { treeBias } from './packed/tree-bias.ts'
import type { AdaptRows, Pass, Passes } from './passes.ts'
import type { Turns } from './turns.ts'

/** Tokens a pass: a longer text is read in pieces, between which others take their turns. */
const CHUNK = 256

export type ReaderParts = {
  passes: Passes
  turns: Turns
  cache: PrefixCache
  budget: KvBudget
  adapt: AdaptRows
  vocabulary: number
}

/** Reads texts: computes what is not cached of them, a chunk a turn. */
export class Reader {
  readonly #parts: ReaderParts

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** Drops what the cache may hold no longer. */
  shrinkCache(): void {
    this.#parts.cache.shrink(this.#parts.budget.spare)
  }

  /** Gives a sequence that begins like the wanted tokens to `use`, and keeps what it holds then. */
  async using<T>(wanted: SequenceWanted, use: (sequence: Sequence) => Promise<T>): Promise<T> {
    const { cache, budget } = this.#parts
    const sequence = cache.acquire(wanted, budget.spare)
    try {
      return await use(sequence)
    } finally {
      cache.release(sequence, budget.spare)
    }
  }

  /**
   * Appends what a sequence lacks of the tokens. Returns the logits after the wanted tokens, which are rising indices
   * of tokens that it lacks. Throws the signal's reason between chunks.
   */
  async read(
    sequence: Sequence,
    tokens: readonly number[],
    wanted: readonly number[],
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    const rows: Float32Array[] = []
    while (sequence.tokens.length < tokens.length) {
      const past = sequence.tokens.length
      const chunk = tokens.slice(past, past + CHUNK)
      const positions = chunk.map((_, index) => past + index)
      const piece = { past, tokens: chunk, positions, tree: null }
      rows.push(...(await this.#run(sequence, piece, within(wanted, past, past + chunk.length), signal)))
      for (const token of chunk) sequence.tokens.push(token)
    }
    return rows
  }

  /**
   * Runs branches behind a sequence, which is left as it was. Returns the logits after their tokens that have readers,
   * in order. Throws the signal's reason between chunks.
   */
  async readPacked(
    sequence: Sequence,
    { tokens, positions, parents, readers }: Packed,
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    const stem = sequence.tokens.length
    const wanted = [...readers.keys()]
    const rows: Float32Array[] = []
    for (let from = 0; from < tokens.length; from += CHUNK) {
      const to = Math.min(from + CHUNK, tokens.length)
      const piece = {
        past: stem + from,
        tokens: tokens.slice(from, to),
        positions: positions.slice(from, to),
        tree: {
          bias: treeBias(parents, stem, from, to),
          positions: [...Array(stem).keys(), ...positions.slice(0, to)],
        },
      }
      rows.push(...(await this.#run(sequence, piece, within(wanted, from, to), signal)))
    }
    return rows
  }

  async #run(
    { kv, adapter }: Sequence,
    { past, ...piece }: Piece,
    wanted: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const { turns, passes, adapt, vocabulary } = this.#parts
    const logits = await turns.take(async () => {
      signal?.throwIfAborted()
      // The graph gives at least one row of logits.
      const rows = wanted.length > 0 ? wanted : [piece.tokens.length - 1]
      return passes.run({ ...piece, kv, rows: 1, past: [past], wanted: rows, adapted: adapt([adapter]) })
    })
    return wanted.map((_, row) => logits.subarray(row * vocabulary, (row + 1) * vocabulary))
  }
}

/** The indices from `from` to `to`, counted from `from`. */
function within(indices: readonly number[], from: number, to: number): number[] {
  return indices.filter((index) => index >= from && index < to).map((index) => index - from)
}

/** New tokens of one pass, and how many places are filled before them. */
type Piece = Pick<Pass, 'tokens' | 'positions' | 'tree'> & { past: number }
