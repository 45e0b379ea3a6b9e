import type { Generation } from '../../model/language-model.ts'
import type { Edit } from '../../protocol/governance.ts'
import type { Message } from '../../protocol/message.ts'
import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import type { Cluster } from '../errors/cluster.ts'
import { type Cost, NO_COST } from '../measure/pair.ts'

/** What a proposer is shown: a layer, where it went wrong, and what it need not propose again. */
export type ProposalRequest = {
  layer: MetaRubricLayer
  clusters: Cluster[]
  /** Edits wanted. */
  count: number
  seed: number
  /** Edits of this layer that were proposed before, as `editKey` writes them. */
  tried: ReadonlySet<string>
}

/** An edit with the reason that was given for it. */
export type Proposed = { edit: Edit; rationale: string; origin: 'model' | 'mutation' }

/** Completions of one prompt, each an edit or none: what a refinement policy is trained on. */
export type ProposalGroup = {
  messages: Message[]
  /** `edit` is the key of the edit that the completion came to, null where that can't be tried. */
  completions: { text: string; finish: Generation['finish']; edit: string | null }[]
}

export type Proposals = {
  edits: Proposed[]
  cost: Cost
  /** Why there are fewer than were asked for, where a model failed. */
  failure: string | null
  /** Where each edit is a completion of its own. */
  group?: ProposalGroup | undefined
}

/**
 * Proposes edits of a layer: the refinement policy of OpenRS (systems.md 3.4). Whoever makes one, by rules, by a
 * prompt or by a trained policy, implements this; the search judges what it proposes and believes nothing.
 */
export type Proposer = (request: ProposalRequest) => Promise<Proposals>

/** Asks the first, and the second for what is missing. */
export function inTurn(first: Proposer, second: Proposer): Proposer {
  return async (request) => {
    const asked = await first(request)
    const missing = request.count - asked.edits.length
    if (missing <= 0) return asked
    const tried = new Set([...request.tried, ...asked.edits.map(({ edit }) => editKey(edit))])
    const more = await second({ ...request, count: missing, tried })
    return { ...asked, edits: [...asked.edits, ...more.edits], failure: asked.failure ?? more.failure }
  }
}

/** An edit as text: equal edits have one. */
export function editKey(edit: Edit): string {
  return JSON.stringify(edit.op === 'delete' ? [edit.op, edit.id] : [edit.op, ...Object.values(edit.clause)])
}

export const nothingProposed: Proposals = { edits: [], cost: NO_COST, failure: null }
