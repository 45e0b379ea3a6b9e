import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { sha256 } from '../../shared/identity/hash.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type {
  DecideRequest,
  Effect,
  FullVersion,
  PairEffect,
  Proposal,
  ProposeRequest,
} from '../../shared/protocol/governance.ts'
import type { MetaRubricLayer } from '../../shared/protocol/rubric.ts'
import { applyEdit, asCandidate, clauseIdOf } from '../../shared/refine/edits/edit.ts'
import { rebase } from '../../shared/refine/edits/rebase.ts'
import { effectOf, outcomeOf } from '../../shared/refine/measure/effect.ts'
import { lintLayer } from '../../shared/rubric/lint.ts'
import { nameOf } from '../../shared/rubric/name.ts'
import type { Call } from '../judging/call.ts'
import type { Counter } from '../judging/counter.ts'
import type { Platform } from '../platform/platform.ts'
import type { MetaRubrics } from './meta-rubrics.ts'
import type { Published, Publishing } from './publishing.ts'
import {
  alreadyDecided,
  clauseChanged,
  noSuchMetaRubric,
  noSuchProposal,
  outdated,
  unsound,
} from './refusals.ts'

/** A proposal once it is accepted, and the version that came of it. */
export type Accepted = Published & { proposal: Proposal }

export type Proposals = ReturnType<typeof createProposals>

/** Times that an acceptance starts again because another version came in between. */
const TRIES = 5

/** Changes of a clause that wait for a person. Nothing here applies one by itself. */
export function createProposals(
  { shelf, now }: Platform,
  metaRubrics: MetaRubrics,
  publishing: Publishing,
  counter: Counter,
) {
  const seconds = () => Math.floor(now() / 1000)

  async function require(name: string, id: string, { organisation }: Call): Promise<Proposal> {
    const found = await shelf.proposal(organisation, name, id)
    if (found) return found
    throw noSuchProposal(name, id)
  }

  async function requireVersion(name: string, number: number | undefined, { organisation }: Call) {
    const found = await metaRubrics.version(organisation, name, number)
    if (found) return found
    throw noSuchMetaRubric(name, number)
  }

  /** The effect as the record has it: the outcomes are read from the judgments, never from the caller. */
  async function replayed(
    { pairs }: NonNullable<ProposeRequest['effect']>,
    references: { before: string; after: string },
    { organisation }: Call,
  ): Promise<Effect> {
    const models = new Set<string | null>()
    async function read(id: string, label: PairEffect['label'], reference: string) {
      const judgment = await counter.read(organisation, id)
      if (judgment.protocol === 'pointwise') throw notOfThis(id, 'judges one response')
      const origin = judgment.rubric?.meta_rubric ?? reference
      if (origin !== reference) throw notOfThis(id, `was made by ${origin}, not by ${reference}`)
      models.add(judgment.model)
      return { outcome: outcomeOf(label, judgment.winner), judgment: id }
    }
    const known = await Promise.all(
      pairs.map(async ({ pair, label, before, after }) => ({
        pair,
        label,
        before: await read(before, label, references.before),
        after: await read(after, label, references.after),
      })),
    )
    return effectOf(known, [...models].find((model) => model !== null) ?? null)
  }

  /** The newest version with the edit in it, held against lint and golden pairs, as the next version. */
  async function tryAccept(proposal: Proposal, base: FullVersion, request: DecideRequest, call: Call) {
    const { name, id, edit } = proposal
    const newest = await requireVersion(name, undefined, call)
    const layer = rebase(edit, base.layer, newest.layer)
    if (!layer) throw clauseChanged(proposal, clauseIdOf(edit), newest.version)
    const sound = await publishing.check(
      { layer, golden: undefined, model: request.model },
      name,
      newest,
      call,
    )
    const { by, note } = request
    const { version } = sound.layer
    const decision = { by, at: seconds(), note: note ?? null, version }
    const lineage = { parent: newest.version, proposal: id, restores: null }
    return publishing.file(sound, { by, note, lineage, accepts: { id, decision } }, call)
  }

  /** What a second acceptance is told: the same person gets the same answer, anybody else what was decided. */
  async function settled(proposal: Proposal, { by }: DecideRequest, call: Call): Promise<Accepted> {
    const { decision, name } = proposal
    if (decision?.version == null || decision.by !== by) throw alreadyDecided(proposal)
    return { proposal, version: await requireVersion(name, decision.version, call), made: false }
  }

  return {
    /** The proposals of a name, oldest first. Throws `meta_rubric_not_found`. */
    async list(name: string, call: Call): Promise<Proposal[]> {
      await requireVersion(name, undefined, call)
      return shelf.proposals(call.organisation, name)
    },

    /** Files a proposal; one that was made before is answered as it lies there. Throws what is wrong with it. */
    async propose(name: string, request: ProposeRequest, call: Call): Promise<Proposal> {
      const base = await requireVersion(name, request.base, call)
      const layer = applyEdit(base.layer, request.edit)
      if (!layer) throw notApplicable(request, base.layer)
      const below = await metaRubrics.baseOf(call.organisation, layer)
      const faults = lintLayer(layer, below ? [below] : [])
      if (faults.length > 0) throw unsound(faults)
      const references = { before: nameOf(base), after: nameOf(await asCandidate(layer)) }
      const effect = request.effect ? await replayed(request.effect, references, call) : null
      const { edit, rationale = null, evidence = [], by = call.apiKey } = request
      const digest = await sha256(canonicalJson(['proposal', name, base.version, edit]))
      return shelf.propose(call.organisation, {
        ...{
          id: `prp_${digest.slice(0, 32)}`,
          name,
          base: base.version,
          edit,
          rationale,
          evidence,
          effect,
          by,
        },
        created: seconds(),
      })
    },

    /**
     * Makes the next version of a proposal, on top of the newest one where its clause is untouched. Throws
     * `proposal_decided`, `proposal_stale` and the refusals of lint and gate; the proposal then stays proposed.
     */
    async accept(name: string, id: string, request: DecideRequest, call: Call): Promise<Accepted> {
      const proposal = await require(name, id, call)
      if (proposal.status !== 'proposed') return settled(proposal, request, call)
      const base = await requireVersion(name, proposal.base, call)
      for (let attempt = 1; ; attempt++) {
        const filed = await tryAccept(proposal, base, request, call)
        if (filed.outcome === 'decided') return settled(filed.proposal, request, call)
        if (filed.outcome === 'stale') {
          if (attempt === TRIES) throw outdated(name, proposal.base, filed.newest)
          continue
        }
        const version = await metaRubrics.full(call.organisation, filed.version)
        return { proposal: await require(name, id, call), version, made: true }
      }
    },

    /** Throws `proposal_decided`; the same person may repeat the call. */
    async reject(name: string, id: string, { by, note }: DecideRequest, call: Call): Promise<Proposal> {
      const decision = { by, at: seconds(), note: note ?? null, version: null }
      const decided = await shelf.reject(call.organisation, name, id, decision)
      if (decided === null) throw noSuchProposal(name, id)
      const { outcome, proposal } = decided
      const again = proposal.status === 'rejected' && proposal.decision?.by === by
      if (outcome === 'rejected' || again) return proposal
      throw alreadyDecided(proposal)
    },
  }
}

function notOfThis(id: string, why: string): PlumblineError {
  const message = `The judgment '${id}' ${why}: replay the pairs with the version and the edit that are proposed.`
  return new PlumblineError('invalid_request', message, { param: 'effect' })
}

function notApplicable({ edit }: ProposeRequest, layer: MetaRubricLayer): PlumblineError {
  const id = clauseIdOf(edit)
  const message =
    edit.op === 'add'
      ? `${nameOf(layer)} has a clause '${id}' already: give the new one another id, or modify that one.`
      : `${nameOf(layer)} has no clause '${id}' of its own: name one of its clauses.`
  return new PlumblineError('invalid_request', message, { param: 'edit' })
}
