import type { Judgment, Usage } from '../protocol/judgment.ts'
import type { ModelEntry } from '../protocol/model-entry.ts'
import type { Filed } from './filed.ts'
import type { View } from './view.ts'

/** Shows filed evidence as the answer that a caller reads: aggregates, applies the order policy, turns it round. */
export function present(
  _filed: Filed,
  _view: View | null,
  _cache: Usage['cache'],
  _price: ModelEntry['price'],
): Judgment {
  throw new Error('present: written in this change set')
}
