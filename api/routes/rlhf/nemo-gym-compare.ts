import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { chatMessages, readChat } from '../../dialects/chat-messages.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import { responseObject, textOfResponse } from '../../dialects/response-object.ts'
import type { Rewarded } from '../../dialects/sample.ts'
import { LIMITS } from '../../platform/limits.ts'
import { principleRubric, refuseAsNemoGym } from './nemo-gym.ts'

/**
 * `/rlhf/nemo-gym/compare`: the `/compare` of NeMo-Gym's genrm_compare (contracts.md 2.5). The responses are a group,
 * compared as the URL says.
 */
export const nemoGymCompare: Dialect = numbersOnly({
  name: 'nemo-gym/compare',
  client: 'NeMo-Gym: /compare of a genrm_compare resources server',
  patienceMs: null,
  marks: ['conversation_history', 'response_objs'],
  refuse: refuseAsNemoGym,
  request: z.looseObject({
    conversation_history: chatMessages,
    response_objs: z.array(responseObject).max(LIMITS.dialectResponses),
    principle: z.string().nullish().describe('What the responses are compared by, in words.'),
  }),
  reply: z.object({
    rewards: z.array(z.number()),
    comparison_results: z.array(z.object({ response_i: z.int(), response_j: z.int(), judgment: z.string() })),
    metrics: z.record(z.string(), z.number()),
  }),
  example: {
    request: {
      conversation_history: [{ role: 'user', content: '2+2?' }],
      response_objs: ['4', '5'].map((text) => ({
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
      })),
    },
    reply: (reward) => ({
      rewards: [reward, 0],
      comparison_results: [{ response_i: 0, response_j: 1, judgment: 'jdg_...' }],
      metrics: { mean_reward: reward / 2, std_reward: reward / 2, substituted: 0 },
    }),
  },
  read({ conversation_history, response_objs, principle }) {
    if (response_objs.length < 2) {
      const message = `'response_objs' holds ${response_objs.length}, so there is nothing to compare: send two responses or more.`
      throw new PlumblineError('nothing_to_compare', message, { param: 'response_objs' })
    }
    const shared = {
      ...{ id: null, prompt: readChat(conversation_history), label: null, labelParam: null },
      ...principleRubric(principle),
    }
    return response_objs.map((object, index) => ({ ...shared, index, response: textOfResponse(object) }))
  },
  write(scored) {
    const rewards = scored.map(({ reward }) => reward)
    const mean = rewards.reduce((total, reward) => total + reward, 0) / rewards.length
    const variance = rewards.reduce((total, reward) => total + (reward - mean) ** 2, 0) / rewards.length
    const substituted = scored.filter((one) => one.substituted).length
    return {
      body: {
        rewards,
        comparison_results: pairsOf(scored),
        metrics: { mean_reward: mean, std_reward: Math.sqrt(variance), substituted },
      },
    }
  },
})

/** Which two responses each judgment compared. */
function pairsOf(scored: readonly Rewarded[]) {
  const places = new Map<string, number[]>()
  for (const [place, { judgments }] of scored.entries()) {
    for (const id of judgments) places.set(id, [...(places.get(id) ?? []), place])
  }
  return [...places].flatMap(([judgment, [response_i, response_j]]) =>
    response_i === undefined || response_j === undefined ? [] : [{ response_i, response_j, judgment }],
  )
}
