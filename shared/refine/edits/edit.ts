import { canonicalJson } from '../../identity/canonical-json.ts'
import { sha256 } from '../../identity/hash.ts'
import type { Edit } from '../../protocol/governance.ts'
import type { Clause, MetaRubric, MetaRubricLayer } from '../../protocol/rubric.ts'
import { assemble } from '../../rubric/meta-rubrics.ts'

/** The id of the clause that an edit is about. */
export function clauseIdOf(edit: Edit): string {
  return edit.op === 'delete' ? edit.id : edit.clause.id
}

/** A clause of the layer itself; those of the general layer below it are not its own. */
export function ownClause({ fatal, pool }: MetaRubricLayer, id: string): Clause | null {
  return [...fatal, ...pool].find((clause) => clause.id === id) ?? null
}

/**
 * The layer with one clause added, deleted or replaced (systems.md 3.4), or null where that can't be done: the
 * clause to change is not there, or the one to add is. A clause stands in the list of its level, and a replaced one
 * in its old place there. Whether the outcome is sound is for the lint to say.
 */
export function applyEdit(layer: MetaRubricLayer, edit: Edit): MetaRubricLayer | null {
  const present = ownClause(layer, clauseIdOf(edit)) !== null
  if (present === (edit.op === 'add')) return null
  return {
    ...layer,
    fatal: listAfter(layer.fatal, edit, (clause) => clause.level === 'fatal'),
    pool: listAfter(layer.pool, edit, (clause) => clause.level !== 'fatal'),
  }
}

function listAfter(list: Clause[], edit: Edit, belongs: (clause: Clause) => boolean): Clause[] {
  const id = clauseIdOf(edit)
  const others = list.filter((clause) => clause.id !== id)
  if (edit.op === 'delete' || !belongs(edit.clause)) return others
  const place = list.findIndex((clause) => clause.id === id)
  return place < 0 ? [...list, edit.clause] : others.toSpliced(place, 0, edit.clause)
}

/** The hash of what a layer says, whatever it is called: equal layers have one. 64 hex digits. */
export function layerHash({ name: _, version: __, ...content }: MetaRubricLayer): Promise<string> {
  return sha256(canonicalJson(['layer', content]))
}

/**
 * A layer under the name that it is judged by before it has a version: its own, with the hash of its content.
 * Records then say which candidate made them, and the same candidate is judged once.
 */
export async function asCandidate(layer: MetaRubricLayer): Promise<MetaRubricLayer> {
  const hash = await layerHash(layer)
  return { ...layer, name: `${layer.name}.${hash.slice(0, 12)}`, version: 1 }
}

/** A layer as a meta-rubric that can be judged by before it has a version; `base` is the one that it extends. */
export async function candidateOf(layer: MetaRubricLayer, base: MetaRubricLayer | null): Promise<MetaRubric> {
  const candidate = await asCandidate(layer)
  const [meta] = await assemble(base ? [candidate, base] : [candidate])
  if (!meta) throw new Error(`${candidate.name} could not be put together.`)
  return meta
}
