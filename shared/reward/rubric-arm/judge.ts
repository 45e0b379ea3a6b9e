import { PlumblineError } from '../../protocol/error.ts'
import type { Reward, RewardRequest } from '../../protocol/reward.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import { formatReward } from '../../rubric-arm/format-reward.ts'
import { readRubricText } from '../../rubric-arm/rubric-text.ts'
import { winnerIn } from '../../rubric-arm/trajectory.ts'
import type { RewardMethod } from '../method.ts'
import { labelledPair } from './labelled-pair.ts'

/**
 * Rubric-ARM's reward of a judge in training, R_acc + R_fmt in 0..2 (systems.md 1.2), without any model: each response
 * is a trajectory over `pair` as it was shown, `first` being A, by `rubric`. A trajectory without a readable winner is
 * its writer's action and has R_acc 0, never null.
 */
export const rewardTrajectories: RewardMethod = async (request) => {
  const pair = labelledPair(request, 'rubric-arm/judge', ['model', 'reference', 'seed', 'cache'])
  const criteria = criteriaOf(request)
  const data = request.responses.map((text, index): Reward => {
    const accuracy = winnerIn(text) === pair.winner ? 1 : 0
    const { reward: format, faults } = formatReward(text, { criteria })
    const told = faults.length > 0 ? { faults } : {}
    return { index, reward: accuracy + format, parts: { accuracy, format }, ...told }
  })
  return { data }
}

/** The criteria that the judge was shown: a rubric, or the text of one as a generator writes it. */
function criteriaOf({ rubric }: RewardRequest): Criterion[] {
  if (rubric !== undefined && typeof rubric !== 'string') return rubric.criteria
  const read = rubric === undefined || rubric.startsWith('rub_') ? null : readRubricText(rubric)
  if (read?.criteria) return read.criteria
  const why = read === null ? '' : ` ${read.fault}`
  throw new PlumblineError(
    'invalid_request',
    `protocol rubric-arm/judge needs the rubric itself, as an object or as its numbered text.${why}`,
    { param: 'rubric' },
  )
}
