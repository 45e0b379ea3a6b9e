import * as z from 'zod'
import { schedule } from '../arl-rr/schedule.ts'
import { classFields } from './pointwise.ts'
import { name } from './text.ts'
import { guardRails, selectorSettings } from './training/alternation.ts'

/**
 * `POST /v1/runs`: a training run of a trainer that knows of nothing but a reward URL. Without classes it gathers groups
 * over single calls and no more; with them it rewards one meta-class at a time (ARL-RR, systems.md 2.3: our reconstruction).
 */
export const runSettings = z
  .strictObject({
    name: name.optional(),
    group_size: z.int().min(1).max(64).default(8).describe('Responses that a prompt gets in a step.'),
    prompts_per_step: z
      .int()
      .min(1)
      .max(65_536)
      .default(128)
      .describe('Groups that are a step: a class changes only between two.'),
    classes: classFields.classes
      .nullable()
      .default(null)
      .describe('Meta-classes: the tags that belong to each. null rewards by all criteria.'),
    class_weights: classFields.class_weights.nullable().default(null),
    selector: selectorSettings.default({ kind: 'ucb', exploration: 0.5, discount: 0.9, scale: 0.05 }),
    guard_rails: guardRails.prefault({}),
    first: name.nullable().default(null).describe('The first class; null lets the selector choose it.'),
    phase_steps: z.int().min(1).max(100_000).default(20).describe('Steps on one class.'),
    observe: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('Share of groups in which all classes are scored, and not the active one alone.'),
    seed: z.int().default(0),
  })
  .meta({ id: 'RunSettings' })
export type RunSettings = z.infer<typeof runSettings>

/** A run as it is told: its settings and where it is. */
export const run = z
  .object({
    id: z.string(),
    object: z.literal('run'),
    created: z.int().describe('Unix time, seconds.'),
    settings: runSettings,
    step: z.int().min(0).describe('Steps that were begun.'),
    groups: z.int().min(0),
    schedule: schedule.nullable().describe('Phases so far and the one under way; null without classes.'),
  })
  .meta({ id: 'Run' })
export type Run = z.infer<typeof run>
