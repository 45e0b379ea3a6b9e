import type { Reward, RewardRequest } from '../../protocol/reward.ts'
import type { RewardMethod } from '../method.ts'
import { checkConstraints, settle } from './constraints.ts'

/**
 * Lets constraints guard the rewards of responses that are compared, add to them, or both (systems.md 3.2, where the
 * rule is a reconstruction). The guard is in force where a response of the group, or the anchor given, passes every
 * constraint: between two texts who passes then wins over who fails without a judgment, and who fails gets the
 * floor. Where none passes, the judge alone decides.
 */
export const constrainedTogether =
  (method: RewardMethod): RewardMethod =>
  async (request, context) => {
    const checked = await checkConstraints(request, context)
    if (!checked) return method(request, context)
    const { anchor, responses } = request
    const given = typeof anchor === 'object' && 'response' in anchor ? [anchor.response] : []
    const inForce =
      checked.guards && [...responses, ...given].some((text) => checked.standingOf(text) === 'passed')
    const guard = inForce ? { guard: checked.standingOf } : {}
    const rewarded = await method(unconstrained(request), { ...context, ...guard })
    return { ...rewarded, ...settle(request, checked, inForce, rewarded.data) }
  }

/**
 * The same for responses that are scored each by itself, whose reward must not depend on who stands beside them: as a
 * guard, one that fails gets the floor whoever passes. It is not judged, nor is one that can't be told.
 */
export const constrainedAlone =
  (method: RewardMethod): RewardMethod =>
  async (request, context) => {
    const checked = await checkConstraints(request, context)
    if (!checked) return method(request, context)
    const judged = request.responses.flatMap((text, index) =>
      !checked.guards || checked.standingOf(text) === 'passed' ? [index] : [],
    )
    const responses = judged.map((index) => request.responses[index] ?? '')
    const rewarded =
      responses.length > 0 ? await method({ ...unconstrained(request), responses }, context) : { data: [] }
    const made = new Map(rewarded.data.map((reward, at) => [judged[at], reward]))
    const data = request.responses.map((_, index): Reward => ({ reward: null, ...made.get(index), index }))
    return { ...rewarded, ...settle(request, checked, checked.guards, data) }
  }

function unconstrained({ constraints: _, verifiers: __, ...request }: RewardRequest): RewardRequest {
  return request
}
