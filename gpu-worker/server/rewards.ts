import type { Context } from 'hono'
import pLimit from 'p-limit'
import { parseWith } from '../../shared/protocol/parse.ts'
import { rewardRequest } from '../../shared/protocol/reward.ts'
import { refuseUntried } from '../../shared/protocol/untried.ts'
import { makeRewards } from '../../shared/reward/rewards.ts'
import { readBody } from './body.ts'
import type { EngineSlot } from './engine-slot.ts'
import { askFor, type JudgeDesk } from './judge-here.ts'
import { callerOf, type Served } from './life.ts'

/**
 * Judgments that one call has under way: all that usual groups take, so that the engine sees the texts that they
 * share at once; every pair of 64 responses would be 2016, each of which is a hundred questions.
 */
const JUDGMENTS_AT_ONCE = 64

/** `POST /v1/rewards`: a number for each response of a group, by judgments made here and kept nowhere. */
export async function rewards(c: Context<Served>, slot: EngineSlot, desk: JudgeDesk): Promise<Response> {
  const request = parseWith(rewardRequest, await readBody(c))
  const asker = { caller: callerOf(c), signal: c.get('life').signal }
  const place = pLimit(JUDGMENTS_AT_ONCE)
  const list = await makeRewards(request, (one) =>
    place(async () => (await askFor(one, slot, desk, asker)).make()),
  )
  refuseUntried(list.data)
  return c.json(list)
}
