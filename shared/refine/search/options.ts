import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import type { Judge } from '../measure/bench.ts'
import type { Penalties } from '../measure/fitness.ts'
import type { Proposer } from '../propose/proposer.ts'
import type { Member } from './member.ts'

/** How a search goes about it. The sizes are ours: the published ones are not known (systems.md 3.4). */
export type SearchOptions = {
  seed: number
  /** Rounds of proposing at most, and those without an acceptance that end the search. */
  generations: number
  patience: number
  /** Members kept, and how many of them, the fittest, are improved on in a generation. */
  population: number
  beam: number
  /** Edits asked for each of them. */
  children: number
  /** Train pairs in each of the rounds of a race. */
  minibatch: number
  rounds: number
  penalties: Penalties
  /** Of the bootstrap: a child is dropped where it is surely worse, and accepted where it is surely better. */
  confidence: number
  /** Fitness that a child must gain at least, however sure it is. */
  minGain: number
  /** Merge the two fittest members clause by clause in each generation. */
  crossover: boolean
  /** False for a domain layer: every edit is tried on the seed and none is built upon. */
  apply: boolean
}

export const DEFAULTS: SearchOptions = {
  seed: 0,
  generations: 8,
  patience: 3,
  population: 6,
  beam: 2,
  children: 4,
  minibatch: 24,
  rounds: 2,
  penalties: { tie: 0.1, length: 0.00001 },
  confidence: 0.95,
  minGain: 0.01,
  crossover: false,
  apply: true,
}

/** What a search needs from outside. */
export type SearchContext = {
  judge: Judge
  propose: Proposer
  /** The faults of a layer, a sentence each; none where it may be published. */
  lint(layer: MetaRubricLayer): string[]
  /** Told of each member once its fate is known, and of each generation as it begins. */
  tell?(event: SearchEvent): void
}

export type SearchEvent =
  | { event: 'generation'; generation: number; fittest: Member }
  | { event: 'member'; member: Member }
  | { event: 'proposer failed'; reason: string }
