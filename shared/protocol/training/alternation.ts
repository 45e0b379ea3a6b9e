import * as z from 'zod'
import { name } from '../text.ts'

const scale = z
  .number()
  .positive('must be above 0')
  .max(2)
  .default(0.05)
  .describe('Change of the overall score over a phase that counts as all that can be hoped for.')

/** How the next meta-class is chosen; all are our reconstructions (systems.md 2.3). */
export const selectorSettings = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('round_robin') }),
    z.strictObject({ kind: z.literal('headroom') }),
    z.strictObject({ kind: z.literal('slope') }),
    z.strictObject({
      kind: z.literal('probe'),
      steps: z
        .int()
        .min(1, 'must be at least 1: use headroom to choose without a probe')
        .max(1000)
        .default(2)
        .describe('That a copy of the policy is trained on each candidate.'),
      keep: z
        .boolean()
        .default(true)
        .describe('Go on from the copy that was chosen; else its steps are made again.'),
    }),
    z.strictObject({
      kind: z.literal('ucb'),
      exploration: z.number().min(0, 'must be at least 0: 0 explores nothing').max(10).default(0.5),
      discount: z
        .number()
        .positive('must be above 0')
        .max(1, 'must be at most 1: 1 forgets nothing')
        .default(0.9)
        .describe('A phase counts so many times less with each that followed.'),
      scale,
    }),
    z.strictObject({
      kind: z.literal('exp3'),
      rate: z
        .number()
        .positive('must be above 0')
        .max(1, 'must be at most 1: 1 draws every class alike')
        .default(0.2),
      scale,
    }),
  ])
  .meta({ id: 'ClassSelector' })
export type SelectorSettings = z.infer<typeof selectorSettings>

/** What keeps an alternation from losing on one class what it gains on another. */
export const guardRails = z.strictObject({
  floor: z
    .number()
    .positive('must be above 0: use null for no floor')
    .nullable()
    .default(0.1)
    .describe('A phase ends once another class is more than this below its best held-out score.'),
  most_consecutive: z
    .int()
    .min(1, 'must be at least 1: use null for no bound')
    .nullable()
    .default(3)
    .describe('Phases in a row of one class.'),
})
export type GuardRails = z.infer<typeof guardRails>

/** When which meta-class is trained. */
export const alternation = z.strictObject({
  first: name.nullable().default(null).describe('The first class; null lets the selector choose it.'),
  selector: selectorSettings.default({ kind: 'probe', steps: 2, keep: true }),
  guard_rails: guardRails.prefault({}),
})
export type Alternation = z.infer<typeof alternation>
