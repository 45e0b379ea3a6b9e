import { PlumblineError } from '../protocol/error.ts'
import { lastUserText } from '../protocol/message.ts'
import type { Reward } from '../protocol/reward.ts'
import { verify } from '../verify/verify.ts'
import type { RewardMethod } from './method.ts'
import { OF_COMPARISONS, OF_RESPONSES, OF_TRAINING, refuseFields } from './refuse-fields.ts'

/** Fields that only a model makes use of. */
const OF_MODELS = ['verifiers', 'rubric', 'meta_rubric', 'reference', 'votes', 'model'] as const

/** Rewards in [0, 1] without a model: the share of the constraints that a response passes; null where one could not tell. */
export const rewardByVerifiers: RewardMethod = async (request, { sandbox }) => {
  refuseFields(request, 'verifier', [...OF_COMPARISONS, ...OF_MODELS, ...OF_RESPONSES, ...OF_TRAINING])
  const { constraints } = request
  if (!constraints || constraints.length === 0) {
    throw new PlumblineError(
      'invalid_request',
      'protocol verifier needs constraints: give at least one verifier.',
      { param: 'constraints' },
    )
  }
  const prompt = lastUserText(request.prompt)
  const checking = { siblings: request.responses.length, sandbox }
  const data = request.responses.map(async (response, index): Promise<Reward> => {
    const verifiers = await verify(constraints, { prompt, response }, checking)
    const unsure = verifiers.find(({ passed }) => passed === null)
    if (unsure) return { index, reward: null, verifiers, ...(unsure.error ? { error: unsure.error } : {}) }
    return { index, reward: verifiers.filter(({ passed }) => passed).length / verifiers.length, verifiers }
  })
  return { data: await Promise.all(data) }
}
