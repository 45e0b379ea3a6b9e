import type { Reward, RewardRequest } from '../../../shared/protocol/reward.ts'
import type { PairwiseExample, PairwiseSettings } from '../../../shared/protocol/training/pairwise.ts'
import type { AdvantageKind } from '../../../shared/protocol/training/policy.ts'
import type { VerifierResult } from '../../../shared/protocol/verify.ts'
import { addedAdvantages } from '../../../shared/reward/added-advantages.ts'
import { checkTexts, sharePassed } from '../../../shared/reward/constraints/check.ts'
import { standingOf } from '../../../shared/reward/constraints/guard.ts'
import type { RewardContext } from '../../../shared/reward/method.ts'
import { makeRewards } from '../../../shared/reward/rewards.ts'

/** What the completions of one prompt earned. */
export type GroupRewards = {
  rewards: (number | null)[]
  /** In the place of those by the settings, where BRPO's rewards and added ones come together. */
  advantages: (number | null)[] | null
  /** The share of the example's constraints that each passes; null without any, or where one could not tell. */
  passed: (number | null)[]
  /** Why the first completion without a reward has none. */
  error: string | null
}

/** The random anchor of a step is drawn by this name and the step. */
const RUN = 'pairwise'

/**
 * Rewards a group by comparisons within it, and by what its constraints say: as a guard who fails one gets the floor where
 * another passes all; added, the share passed counts too, but not beside a floor. Null where a comparison or a verifier
 * failed.
 */
export async function rewardGroup(
  example: PairwiseExample,
  responses: string[],
  step: number,
  settings: PairwiseSettings,
  context: RewardContext,
): Promise<GroupRewards> {
  const { constraints = [], prompt } = example
  const { as, weight = 1, floor } = settings.verifiers
  const request = requestOf(example, responses, step, settings)
  if (constraints.length === 0) {
    const { data } = await makeRewards(request, context)
    const rewards = data.map(({ reward }) => reward)
    return { rewards, advantages: null, passed: responses.map(() => null), error: whyNull(data) }
  }
  const guards = as !== 'add'
  const guard = { constraints, verifiers: { as: 'guard' as const, ...(floor !== undefined && { floor }) } }
  const { data, ...list } = await makeRewards(guards ? { ...request, ...guard } : request, context)
  const resultsOf = guards ? null : await checkTexts(responses, constraints, prompt, context.sandbox)
  const results = data.map(({ verifiers }, at) => verifiers ?? resultsOf?.(responses[at] ?? '') ?? [])
  const passed = results.map((of) => sharePassed(of).reward)
  const told = { passed, error: whyNull(data) }
  const pairwise = data.map(({ reward }) => reward)
  if (as === 'guard') return { rewards: pairwise, advantages: null, ...told }

  const inForce = list.guard !== undefined && list.guard !== 'none_passed'
  const known = pairwise.map((reward, at) => (passed[at] === null ? null : reward))
  const added = results.map((of, at) => addedTo(of, passed[at] ?? null, inForce, weight))
  const whole = known.map((reward, at) => (reward === null ? null : reward + (added[at] ?? 0)))
  if (advantagesOf(settings) !== 'brpo') return { rewards: whole, advantages: null, ...told }
  const { advantages } = addedAdvantages(known, added)
  // a group that BRPO drops is told by its pairwise rewards
  return { rewards: advantages === null ? known : whole, advantages, ...told }
}

/** How rewards become advantages: as the settings say, or as belongs to the shaping. */
export function advantagesOf({ advantages, shaping }: PairwiseSettings): AdvantageKind {
  return advantages ?? (shaping === 'brpo' ? 'brpo' : 'no_std')
}

function whyNull(data: Reward[]): string | null {
  return data.find(({ reward }) => reward === null)?.error?.message ?? null
}

/** What verifiers add to a reward; null to a floor. */
function addedTo(
  results: VerifierResult[],
  share: number | null,
  inForce: boolean,
  weight: number,
): number | null {
  const floored = inForce && standingOf(results) === 'failed'
  return share === null || floored ? null : weight * share
}

function requestOf(
  { prompt, rubric, reference }: PairwiseExample,
  responses: string[],
  step: number,
  { protocol, anchor, shaping, inconsistent, orders, votes, meta_rubric, judge }: PairwiseSettings,
): RewardRequest {
  return {
    ...{ protocol, prompt, responses, anchor, shaping, orders, votes },
    ...(shaping === 'brpo' && { inconsistent }),
    ...(protocol !== 'direct' && !rubric && { meta_rubric }),
    ...(rubric && protocol !== 'direct' && { rubric }),
    ...(reference !== undefined && { reference }),
    ...(judge.model !== null && { model: judge.model }),
    run: { id: RUN, step },
  }
}
