import { PlumblineError } from '../protocol/error.ts'
import type { RewardRequest } from '../protocol/reward.ts'

/** Fields that only the comparison of responses makes use of. */
export const OF_COMPARISONS = [
  'anchor',
  'shaping',
  'inconsistent',
  'fit',
  'budget',
  'orders',
  'min_score',
  'min_confidence',
  'mode',
  'rubric_from',
] as const

/** Fields that only the judgment of single responses makes use of. */
export const OF_RESPONSES = ['scoring', 'criteria_per_call', 'classes', 'class_weights'] as const

/** Fields that only the rewards of a judge or a rubric generator in training make use of. */
export const OF_TRAINING = ['pair'] as const

/** Throws `invalid_request` naming the first field that the protocol would silently ignore. */
export function refuseFields(
  request: RewardRequest,
  protocol: string,
  fields: readonly (keyof RewardRequest)[],
): void {
  const unused = fields.find((field) => request[field] !== undefined)
  if (unused === undefined) return
  throw new PlumblineError(
    'invalid_request',
    `protocol ${protocol} makes no use of ${unused}: leave it out.`,
    { param: unused },
  )
}
