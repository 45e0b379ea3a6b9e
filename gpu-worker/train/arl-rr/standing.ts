import * as z from 'zod'
import { schedule } from '../../../shared/arl-rr/schedule.ts'

/** Where a run is, beside its policy's parameters. */
export const standing = z.strictObject({
  /** Steps that were reported. */
  step: z.int().min(0),
  /** Completions that count against the budget, and those that evaluations took beside it. */
  spent: z.int().min(0),
  evaluated: z.int().min(0),
  /** Rollouts of training so far, probes' included: none has the seed of another. */
  draws: z.int().min(0),
  /** Prompts taken of each pool. */
  taken: z.record(z.string(), z.int().min(0)),
  /** Steps of the phase under way, or since the last evaluation. */
  in_phase: z.int().min(0),
  /** Of alternation; null before its first evaluation, and always for other objectives. */
  schedule: schedule.nullable(),
})
export type Standing = z.infer<typeof standing>

/** Before the first step. */
export const AT_FIRST: Standing = {
  ...{ step: 0, spent: 0, evaluated: 0, draws: 0, taken: {}, in_phase: 0 },
  schedule: null,
}

/** How many prompts of a pool were taken. */
export function takenOf({ taken }: Standing, pool: string): number {
  return Object.hasOwn(taken, pool) ? (taken[pool] ?? 0) : 0
}
