import { seedOf } from '../../identity/seed.ts'
import { PlumblineError } from '../../protocol/error.ts'
import type { PairRequest } from '../../protocol/judgment.ts'
import { toMessages } from '../../protocol/message.ts'
import type { Reward, RewardRequest } from '../../protocol/reward.ts'
import { readRubricText } from '../../rubric-arm/rubric-text.ts'
import { askedWith } from '../asked.ts'
import type { RewardMethod } from '../method.ts'
import { notScored } from '../not-scored.ts'
import { labelledPair } from './labelled-pair.ts'

/**
 * Rubric-ARM's reward of a rubric generator in training (systems.md 1.2): each response is the text of a rubric for the
 * prompt, and gets 1 where one greedy judgment by it names the winner of `pair`, else 0. The two are shown in an order
 * drawn by a hash of the prompt, the pair, the seed and the run, the same for all rubrics of a group: that the paper
 * draws one for each pair is our reconstruction. A text that is no rubric is its writer's action and gets 0; where the
 * judge failed there is no reward.
 */
export const rewardRubrics: RewardMethod = async (request, { judge }) => {
  const { responses, winner } = labelledPair(request, 'rubric-arm/generator', ['rubric'])
  if (responses === undefined || responses[0] === responses[1]) {
    throw new PlumblineError(
      'invalid_request',
      'protocol rubric-arm/generator needs two different responses in pair.responses.',
      { param: 'pair.responses' },
    )
  }
  const orders = await orderOf(request, responses)
  const rubrics = [...new Set(request.responses)].map((text) => [text, readRubricText(text)] as const)
  const rewarded = await Promise.all(
    rubrics.map(async ([text, { criteria, fault }]): Promise<[string, Omit<Reward, 'index'>]> => {
      if (criteria === null) return [text, { reward: 0, faults: [fault] }]
      const judgment = await judge(judgedBy(request, criteria, responses, orders))
      const judgments = [judgment.id]
      const named = judgment.protocol === 'pointwise' ? null : judgment.winner
      if (named === null) return [text, { reward: null, judgments, error: judgment.error ?? notScored() }]
      return [text, { reward: named === winner ? 1 : 0, judgments }]
    }),
  )
  const byText = new Map(rewarded)
  const data = request.responses.map(
    (text, index): Reward => ({
      index,
      ...(byText.get(text) ?? { reward: null }),
    }),
  )
  return { data }
}

async function orderOf(
  { prompt, seed, run }: RewardRequest,
  responses: [string, string],
): Promise<'forward' | 'backward'> {
  const drawn = await seedOf(['pair order', toMessages(prompt), responses, seed ?? null, run ?? null])
  return drawn % 2 === 0 ? 'forward' : 'backward'
}

function judgedBy(
  request: RewardRequest,
  criteria: NonNullable<ReturnType<typeof readRubricText>['criteria']>,
  responses: [string, string],
  orders: 'forward' | 'backward',
): PairRequest {
  return { ...askedWith(request), protocol: 'rubric-arm', rubric: { criteria }, responses, orders }
}
