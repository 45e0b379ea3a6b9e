import type { OrderPolicy, OrderResult } from '../../protocol/judgment.ts'

/** How a pair's evidence is shown: needs no model call, and is part of the judgment's id. */
export type View = {
  /** True when the caller's first response is the canonically second one. */
  swapped: boolean
  policy: OrderPolicy
  min_score: number
  /** Below this confidence there is no winner. */
  min_confidence: number
  /** Of the model entry's calibration when the judgment was asked for; confidence is as it is without one. */
  temperature?: number
}

/** An order as the other side sees it. */
export const turned = (order: OrderResult['order']): OrderResult['order'] =>
  order === 'forward' ? 'backward' : 'forward'
