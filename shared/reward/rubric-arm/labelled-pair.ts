import { PlumblineError } from '../../protocol/error.ts'
import type { RewardRequest } from '../../protocol/reward.ts'
import { OF_COMPARISONS, OF_RESPONSES, refuseFields } from '../refuse-fields.ts'

export type LabelledPair = NonNullable<RewardRequest['pair']>

/**
 * The labelled pair of a request whose responses are the work of a judge or a rubric generator in training. Throws
 * `invalid_request` where it is missing, and naming the first field that the protocol would ignore.
 */
export function labelledPair(
  request: RewardRequest,
  protocol: string,
  unused: readonly (keyof RewardRequest)[],
): LabelledPair {
  refuseFields(request, protocol, [
    ...OF_COMPARISONS,
    ...OF_RESPONSES,
    'constraints',
    'verifiers',
    'votes',
    'meta_rubric',
    ...unused,
  ])
  if (request.pair) return request.pair
  throw new PlumblineError(
    'invalid_request',
    `protocol ${protocol} needs pair: {"responses": [A, B], "winner": "first" or "second"}.`,
    { param: 'pair' },
  )
}
