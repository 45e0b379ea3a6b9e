import type { Edit } from '../../protocol/governance.ts'
import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import type { Score } from '../measure/fitness.ts'

/** Where a member of the search comes from. */
export type Origin = 'seed' | 'model' | 'mutation' | 'crossover'

/** What became of a member. */
export type Fate = 'seed' | 'inapplicable' | 'unsound' | 'duplicate' | 'dropped' | 'survived' | 'accepted'

/** A layer that was tried, with its lineage: kept whatever became of it. */
export type Member = {
  /** `layerHash` of the layer; empty where an edit could not be applied. */
  hash: string
  layer: MetaRubricLayer
  parents: string[]
  edit: Edit | null
  origin: Origin
  rationale: string | null
  /** Ids of the judgments that the edit was made from. */
  evidence: string[]
  generation: number
  fate: Fate
  /** One sentence that says why. */
  reason: string | null
  scores: { train: Score | null; dev: Score | null }
  /**
   * Fitness gained where it was last judged: over its parent on train pairs in the race, then over the best on dev. Null
   * where it never was.
   */
  gain: number | null
}
