import { canonicalJson } from '../../identity/canonical-json.ts'
import type { Clause, MetaRubricLayer } from '../../protocol/rubric.ts'
import { applyEdit, ownClause } from './edit.ts'

/**
 * Two layers that came of one, merged clause by clause: each clause is taken from the side that changed it, and from
 * the first where both did. Principles and texts of the whole are the first's. A side that equals `ancestor` adds
 * nothing.
 */
export function mergeLayers(
  ancestor: MetaRubricLayer,
  first: MetaRubricLayer,
  second: MetaRubricLayer,
): MetaRubricLayer {
  const ids = new Set(
    [ancestor, first, second].flatMap(({ fatal, pool }) => [...fatal, ...pool].map(({ id }) => id)),
  )
  let merged = first
  for (const id of ids) {
    const was = ownClause(ancestor, id)
    if (!same(was, ownClause(first, id))) continue
    merged = withClause(merged, id, ownClause(second, id)) ?? merged
  }
  return merged
}

function withClause(layer: MetaRubricLayer, id: string, clause: Clause | null): MetaRubricLayer | null {
  const present = ownClause(layer, id) !== null
  if (clause === null) return present ? applyEdit(layer, { op: 'delete', id }) : layer
  return applyEdit(layer, { op: present ? 'modify' : 'add', clause })
}

function same(one: Clause | null, other: Clause | null): boolean {
  return canonicalJson(one) === canonicalJson(other)
}
