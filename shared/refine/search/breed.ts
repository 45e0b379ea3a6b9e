import type { Edit } from '../../protocol/governance.ts'
import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import { mergeLayers } from '../edits/crossover.ts'
import { applyEdit, clauseIdOf, layerHash } from '../edits/edit.ts'
import type { Cluster } from '../errors/cluster.ts'
import type { Proposed } from '../propose/proposer.ts'
import type { Member } from './member.ts'

/** Judgments kept as evidence of an edit. */
const EVIDENCE = 32

/** A child of one member by an edit. Where it can't be applied the child has its parent's layer and no hash. */
export async function childOf(
  parent: Member,
  { edit, rationale, origin }: Proposed,
  clusters: Cluster[],
  generation: number,
): Promise<Member> {
  const layer = applyEdit(parent.layer, edit)
  const born = {
    parents: [parent.hash],
    edit,
    origin,
    rationale,
    evidence: evidenceOf(edit, clusters),
    generation,
  }
  if (layer) return newMember(layer, born)
  const reason = `There is ${edit.op === 'add' ? 'already' : 'no'} clause '${clauseIdOf(edit)}'.`
  return { ...(await newMember(parent.layer, born)), hash: '', fate: 'inapplicable', reason }
}

/** The clause-wise merge of two members that came of `seed`. */
export async function mergeOf(
  seed: Member,
  first: Member,
  second: Member,
  generation: number,
): Promise<Member> {
  return newMember(mergeLayers(seed.layer, first.layer, second.layer), {
    parents: [first.hash, second.hash],
    edit: null,
    origin: 'crossover',
    rationale: null,
    evidence: [],
    generation,
  })
}

/** A member of which nothing is known yet. */
export async function newMember(
  layer: MetaRubricLayer,
  born: Pick<Member, 'parents' | 'edit' | 'origin' | 'rationale' | 'evidence' | 'generation'>,
): Promise<Member> {
  return {
    hash: await layerHash(layer),
    layer,
    ...born,
    fate: 'survived',
    reason: null,
    scores: { train: null, dev: null },
    gain: null,
  }
}

/** The judgments in which the edit's clause is to blame, or else all that went wrong. */
function evidenceOf(edit: Edit, clusters: Cluster[]): string[] {
  const own = clusters.filter(({ clause }) => clause === clauseIdOf(edit))
  return (own.length > 0 ? own : clusters).flatMap(({ judgments }) => judgments).slice(0, EVIDENCE)
}
