import { PlumblineError } from '../protocol/error.ts'
import type { Reward } from '../protocol/reward.ts'
import { checkTexts, sharePassed } from './constraints/check.ts'
import type { RewardMethod } from './method.ts'
import { OF_COMPARISONS, OF_RESPONSES, OF_TRAINING, refuseFields } from './refuse-fields.ts'

/** Fields that only a model makes use of. */
const OF_MODELS = ['verifiers', 'rubric', 'meta_rubric', 'reference', 'votes', 'model'] as const

/** Rewards in [0, 1] without a model: the share of the constraints that a response passes; null where one could not tell. */
export const rewardByVerifiers: RewardMethod = async (request, { sandbox }) => {
  refuseFields(request, 'verifier', [...OF_COMPARISONS, ...OF_MODELS, ...OF_RESPONSES, ...OF_TRAINING])
  const { constraints, prompt, responses } = request
  if (!constraints || constraints.length === 0) {
    throw new PlumblineError(
      'invalid_request',
      'protocol verifier needs constraints: give at least one verifier.',
      { param: 'constraints' },
    )
  }
  const resultsOf = await checkTexts(responses, constraints, prompt, sandbox)
  const data = responses.map((response, index): Reward => {
    const verifiers = resultsOf(response)
    return { index, ...sharePassed(verifiers), verifiers }
  })
  return { data }
}
