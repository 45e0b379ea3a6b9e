import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Effect, Proposal } from '../../shared/protocol/governance.ts'
import { type Fault, sentenceOf } from '../../shared/rubric/lint/fault.ts'

/** Why a version or a decision is refused. The answer holds, beside the error, all that it rests on. */

export function noSuchMetaRubric(name: string, version?: number): PlumblineError {
  const what =
    version === undefined ? `No meta-rubric is called '${name}'` : `'${name}' has no version ${version}`
  return new PlumblineError('meta_rubric_not_found', `${what}: GET /v1/meta-rubrics lists what there is.`)
}

export function noSuchProposal(name: string, id: string): PlumblineError {
  const message = `'${name}' has no proposal '${id}': GET /v1/meta-rubrics/${name}/proposals lists what there is.`
  return new PlumblineError('proposal_not_found', message, { param: 'id' })
}

export function unsound(faults: Fault[]): PlumblineError {
  const [first, ...more] = faults
  const rest = more.length === 0 ? '' : ` (and ${more.length} more, all in 'faults')`
  const fault = first ? sentenceOf(first).replace(/\.$/, '') : 'no rule'
  const message = `The layer fails its lint: ${fault}${rest}.`
  return new PlumblineError('invalid_meta_rubric', message, { param: 'layer', beside: { faults } })
}

export function worsens(effect: Effect): PlumblineError {
  const pairs = effect.worsened.map(({ pair }) => `'${pair}'`).join(', ')
  const message = `The version worsens ${effect.worsened.length} of ${effect.pairs} golden pairs (${pairs}): change it so that they are judged as before.`
  return new PlumblineError('golden_pairs_worsened', message, { beside: { effect } })
}

export function unjudged(effect: Effect): PlumblineError {
  const message = `The model gave no verdict on ${effect.unjudged.length} of ${effect.pairs} golden pairs: see that it answers, and repeat the call.`
  return new PlumblineError('not_scored', message, { beside: { effect } })
}

export function outdated(name: string, base: number, newest: number): PlumblineError {
  const message = `The version was made from ${name}@${base}, and ${name}@${newest} has come since: make it from that one.`
  return new PlumblineError('version_stale', message, { param: 'base', beside: { newest } })
}

export function clauseChanged(proposal: Proposal, clause: string, newest: number): PlumblineError {
  const { name, base } = proposal
  const message = `The proposal changes '${clause}' of ${name}@${base}, which reads otherwise in ${name}@${newest}: propose it anew on that version.`
  return new PlumblineError('proposal_stale', message, { beside: { proposal, newest } })
}

export function alreadyDecided(proposal: Proposal): PlumblineError {
  const { decision, name, status } = proposal
  const outcome = decision?.version ? `, and became ${name}@${decision.version}` : ''
  const message = `The proposal was ${status} by ${decision?.by ?? 'somebody'} already${outcome}: nothing is left to decide.`
  return new PlumblineError('proposal_decided', message, { beside: { proposal } })
}
