import { PlumblineError } from '../../protocol/error.ts'
import { type PairRequest, pairProtocol } from '../../protocol/judgment.ts'
import type { Reward, RewardRequest } from '../../protocol/reward.ts'
import { askedWith } from '../asked.ts'
import { GUARDED } from '../constraints/guard.ts'
import type { RewardContext, Rewarded, RewardMethod } from '../method.ts'
import { notScored } from '../not-scored.ts'
import { OF_RESPONSES, OF_TRAINING, refuseFields } from '../refuse-fields.ts'
import { type Fitted, fitRewards } from './fit/fit.ts'
import { drawGroup, type Group } from './group.ts'
import { planOf } from './plans/plans.ts'
import { groupKept, shapingOf } from './shaping.ts'
import { openTable, type Source, type Table } from './table.ts'

/**
 * Rewards by comparison: a plan says which pairs of the group are judged, a shaping what each is worth, or a fit of
 * strengths to all of them. Equal responses share one place, and so one reward. A response is null where one of
 * its comparisons failed; under a fit, where all of them did.
 */
export const rewardByComparison: RewardMethod = async (request, context) => {
  refuseFields(request, request.protocol ?? 'openrs', [...OF_RESPONSES, ...OF_TRAINING])
  const { anchor = 'random', responses } = request
  const shaping = shapingOf(request)
  const given = typeof anchor === 'object' && 'response' in anchor ? anchor.response : undefined
  if (given === undefined && responses.length < 2) {
    const message =
      'One response has nothing to be compared with: send two or more, or anchor {"response": ...}.'
    throw new PlumblineError('nothing_to_compare', message, { param: 'responses' })
  }
  const group = await drawGroup(request, given)
  const { plan, against } = planOf(request, group)
  const table = openTable(group.texts.length, sourceOf(request, group, context), request.shaping === 'brpo')
  const score = await plan({ table, copies: group.copies, request })
  const fitted = request.fit || anchor === 'active' ? fitRewards(table, request, shaping) : null

  const data = group.placeOf.map((place, index): Reward => {
    const judgments = table.judgmentsOf(place)
    const named = judgments.length > 0 ? { judgments } : {}
    if (fitted) return { index, ...fittedReward(fitted, table, place), ...named }
    const reward = score(place, shaping)
    if (reward !== null) return { index, reward, ...named }
    return { index, reward, ...named, error: table.errorOf(place) ?? notScored() }
  })
  return { data, ...tellGroup(request, group, data, against) }
}

function fittedReward(fitted: Fitted, table: Table, place: number): Omit<Reward, 'index'> {
  const reward = fitted.reward(place)
  if (reward === null) return { reward, error: table.errorOf(place) ?? notScored() }
  return { reward, ...fitted.strengthOf(place) }
}

/** What the answer says of the group as a whole. */
function tellGroup(
  { anchor, responses, shaping }: RewardRequest,
  { copies, texts, apart }: Group,
  data: Reward[],
  against: number | null,
): Omit<Rewarded, 'data'> {
  return {
    ...(against !== null && { anchor: { index: indexOf(anchor, responses, texts[against]) } }),
    ...(copies.length - (apart === null ? 0 : 1) === 1 && responses.length > 1 && { all_equal: true }),
    ...(shaping === 'brpo' && { group_kept: groupKept(data.map(({ reward }) => reward)) }),
  }
}

/** Where the anchor stands in the list; null for one given apart, though a response may equal it. */
function indexOf(
  anchor: RewardRequest['anchor'],
  responses: string[],
  text: string | undefined,
): number | null {
  if (typeof anchor === 'object') return 'index' in anchor ? anchor.index : null
  return text === undefined ? null : responses.indexOf(text)
}

/** A judgment of the two texts, unless the guard has decided between them. */
function sourceOf(request: RewardRequest, { texts }: Group, { judge, guard }: RewardContext): Source {
  return (place, other) => {
    const [first, second] = [texts[place] ?? '', texts[other] ?? '']
    const decided = guard && GUARDED[guard(first)][guard(second)]
    return decided ?? judge(pairRequest(request, [first, second]))
  }
}

function pairRequest(request: RewardRequest, responses: [string, string]): PairRequest {
  const protocol = pairProtocol.optional().parse(request.protocol)
  return { ...askedWith(request), ...(protocol && { protocol }), responses }
}
