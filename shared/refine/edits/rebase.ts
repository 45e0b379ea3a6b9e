import { canonicalJson } from '../../identity/canonical-json.ts'
import type { Edit } from '../../protocol/governance.ts'
import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import { applyEdit, clauseIdOf, ownClause } from './edit.ts'

/**
 * An edit that was made on `base`, applied to the `newest` version: null where its clause is no longer what it was
 * on `base`, since whoever proposed it has not seen that.
 */
export function rebase(edit: Edit, base: MetaRubricLayer, newest: MetaRubricLayer): MetaRubricLayer | null {
  const id = clauseIdOf(edit)
  const untouched = canonicalJson(ownClause(base, id)) === canonicalJson(ownClause(newest, id))
  return untouched ? applyEdit(newest, edit) : null
}
