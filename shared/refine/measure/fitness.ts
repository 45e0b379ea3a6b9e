import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import { type Bootstrap, pairedBootstrap } from '../../statistics/bootstrap.ts'
import { mean } from '../../statistics/moments.ts'
import type { LabelledPair, Trial } from './pair.ts'

/** What fitness takes off for ties and for length (lambda_tie and lambda_len, systems.md 3.4). */
export type Penalties = { tie: number; length: number }

/** How well a meta-rubric judges some pairs. */
export type Score = {
  /** `accuracy - tie * ties - length * tokens`; null where nothing was judged. */
  fitness: number | null
  /** Share of right judgments, ties and all, among those with a verdict. */
  accuracy: number | null
  /** Share of ties among judged pairs that have a better response. */
  ties: number | null
  /** Pairs with a verdict, and pairs without. */
  judged: number
  nulls: number
}

/** Characters of a token, roughly, in English: enough for a penalty. */
const CHARACTERS_A_TOKEN = 4

/** About how many tokens a layer puts into a prompt. */
export function tokensOf({ principles, fatal, pool }: MetaRubricLayer): number {
  const texts = [
    ...principles,
    ...[...fatal, ...pool].flatMap(({ title, description, applies }) => [title, description, applies]),
  ]
  return Math.ceil(texts.reduce((sum, { length }) => sum + length, 0) / CHARACTERS_A_TOKEN)
}

/** The fitness of a layer by its trials (systems.md 3.4: strict accuracy in both orders, less ties and length). */
export function scoreOf(
  layer: MetaRubricLayer,
  trials: Trial[],
  pairs: LabelledPair[],
  penalties: Penalties,
): Score {
  const known = trials.filter(({ outcome }) => outcome !== null)
  const nulls = trials.length - known.length
  if (known.length === 0) return { fitness: null, accuracy: null, ties: null, judged: 0, nulls }
  const worth = worthOf(pairs, penalties)
  const decidable = new Set(pairs.flatMap(({ id, label }) => (label === 'tie' ? [] : [id])))
  const decided = known.filter(({ pair }) => decidable.has(pair))
  return {
    fitness: mean(known.map(worth)) - penalties.length * tokensOf(layer),
    accuracy: mean(known.map(({ outcome }) => Number(outcome === 'right'))),
    ties: decided.length === 0 ? null : mean(decided.map(({ outcome }) => Number(outcome === 'tie'))),
    judged: known.length,
    nulls,
  }
}

/** A layer with its trials. */
export type Tried = { layer: MetaRubricLayer; trials: Trial[] }

/** How much fitter one layer is than another. */
export type Gain = {
  /** By the judgments alone. Length is no evidence: it is the same in every resample. */
  judged: Bootstrap
  /** Mean gain of fitness, length and all. */
  fitness: number
}

/**
 * The gain of one layer over another, over the pairs that both gave a verdict on: so that neither gains by leaving
 * hard pairs unjudged. Null where there is none.
 */
export function gainOf(
  one: Tried,
  other: Tried,
  pairs: LabelledPair[],
  penalties: Penalties,
  sureness: { seed: number; level: number; resamples?: number },
): Gain | null {
  const worth = worthOf(pairs, penalties)
  const before = new Map(other.trials.map((trial) => [trial.pair, trial]))
  const differences = one.trials.flatMap((trial) => {
    const then = before.get(trial.pair)
    if (!then || then.outcome === null || trial.outcome === null) return []
    return [worth(trial) - worth(then)]
  })
  const judged = pairedBootstrap(differences, sureness)
  const length = penalties.length * (tokensOf(one.layer) - tokensOf(other.layer))
  return judged && { judged, fitness: judged.mean - length }
}

/** What a trial adds to fitness before length: 1 where right, less the penalty where a better response was missed by a tie. */
function worthOf(pairs: LabelledPair[], { tie }: Penalties): (trial: Trial) => number {
  const labels = new Map(pairs.map(({ id, label }) => [id, label]))
  return ({ pair, outcome }) => {
    if (outcome === 'right') return 1
    return outcome === 'tie' && labels.get(pair) !== 'tie' ? -tie : 0
  }
}
