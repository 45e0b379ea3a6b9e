import { Hono } from 'hono'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { rewardRequest } from '../../../shared/protocol/reward.ts'
import { refuseUntried } from '../../../shared/protocol/untried.ts'
import type { Rewards } from '../../judging/rewards.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

/** `POST /v1/rewards`: a number for each response of a group, with the judgments that made it. */
export function rewardRoutes(rewards: Rewards) {
  return new Hono<Edge>().post('/', async (c) => {
    const list = await rewards(parseWith(rewardRequest, await readJson(c)), c.get('call'))
    refuseUntried(list.data)
    return c.json(list)
  })
}
