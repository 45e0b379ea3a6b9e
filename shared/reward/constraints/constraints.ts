import { PlumblineError } from '../../protocol/error.ts'
import type { Reward, RewardList, RewardRequest } from '../../protocol/reward.ts'
import type { VerifierResult } from '../../protocol/verify.ts'
import type { RewardContext } from '../method.ts'
import { rangeOf } from '../range.ts'
import { checkTexts, sharePassed } from './check.ts'
import { type Standing, standingOf } from './guard.ts'

/** What verifiers found of a group's texts, and what that is for. */
export type Checked = {
  guards: boolean
  /** Of what is added to a reward; null where nothing is. */
  weight: number | null
  resultsOf(text: string): VerifierResult[]
  standingOf(text: string): Standing
}

/**
 * Runs the constraints of a request on its distinct responses and on an anchor given. Null without any. Throws
 * `invalid_request` for `verifiers` without constraints and for a setting that its role makes no use of.
 */
export async function checkConstraints(
  { constraints = [], verifiers, prompt, responses, anchor }: RewardRequest,
  { sandbox }: RewardContext,
): Promise<Checked | null> {
  const { as = 'guard', weight, floor } = verifiers ?? {}
  if (verifiers && constraints.length === 0)
    throw invalid('verifiers says what the constraints are for: give constraints, or leave it out.', '')
  if (as === 'guard' && weight !== undefined)
    throw invalid('verifiers.weight is of what is added: say as "add" or "both", or leave it out.', '.weight')
  if (as === 'add' && floor !== undefined)
    throw invalid(
      'verifiers.floor is what a guard gives: say as "guard" or "both", or leave it out.',
      '.floor',
    )
  if (constraints.length === 0) return null
  const given = typeof anchor === 'object' && 'response' in anchor ? [anchor.response] : []
  const resultsOf = await checkTexts([...responses, ...given], constraints, prompt, sandbox)
  return {
    guards: as !== 'add',
    weight: as === 'guard' ? null : (weight ?? 1),
    resultsOf,
    standingOf: (text) => standingOf(resultsOf(text)),
  }
}

/**
 * The rewards of a method after what the constraints say. With the guard in force a response that fails one gets the
 * floor, by default the least of the range and of the rewards of those that pass, and one that can't be told is null.
 * Then `weight` x the share of constraints passed is added, null where a verifier could not tell; never to a floor.
 */
export function settle(
  request: RewardRequest,
  checked: Checked,
  inForce: boolean,
  rewards: Reward[],
): Pick<RewardList, 'data' | 'guard'> {
  const { responses, verifiers } = request
  const standings = responses.map(checked.standingOf)
  const [low] = rangeOf(request)
  const passing = rewards.flatMap(({ reward }, at) =>
    standings[at] === 'passed' && reward !== null ? [reward] : [],
  )
  const floor = verifiers?.floor ?? Math.min(low, ...passing)
  const data = rewards.map((made, at): Reward => {
    const results = checked.resultsOf(responses[at] ?? '')
    const reward = { ...made, verifiers: results }
    if (inForce && standings[at] === 'failed') {
      const { error: _, ...floored } = reward
      return { ...floored, reward: floor }
    }
    const share = sharePassed(results)
    if (share.reward === null) return inForce || checked.weight !== null ? { ...reward, ...share } : reward
    if (checked.weight === null || reward.reward === null) return reward
    return { ...reward, reward: reward.reward + checked.weight * share.reward }
  })
  return { data, ...(checked.guards && { guard: guardOf(standings) }) }
}

function guardOf(standings: Standing[]): NonNullable<RewardList['guard']> {
  if (!standings.includes('passed')) return 'none_passed'
  return standings.includes('failed') ? 'some_failed' : 'none_failed'
}

const invalid = (message: string, of: string) =>
  new PlumblineError('invalid_request', message, { param: `verifiers${of}` })
