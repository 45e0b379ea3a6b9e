import type { Context } from 'hono'
import { parseWith } from '../../shared/protocol/parse.ts'
import { rewardRequest } from '../../shared/protocol/reward.ts'
import { refuseUntried } from '../../shared/protocol/untried.ts'
import { makeRewards } from '../../shared/reward/rewards.ts'
import { readBody } from './body.ts'
import type { EngineSlot } from './engine-slot.ts'
import { askFor, callOf, type JudgeDesk } from './judge-here.ts'
import type { Served } from './life.ts'

/** `POST /v1/rewards`: a number for each response of a group, by judgments made here and kept nowhere. */
export async function rewards(c: Context<Served>, slot: EngineSlot, desk: JudgeDesk): Promise<Response> {
  const request = parseWith(rewardRequest, await readBody(c))
  const call = callOf(c, desk, request.cache)
  const list = await makeRewards(request, {
    judge: async (one) => (await askFor(one, slot, desk, call)).make(),
    sandbox: desk.sandbox,
  })
  refuseUntried(list.data)
  return c.json(list)
}
