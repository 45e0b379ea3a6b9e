import * as z from 'zod'
import { verifierSpec } from '../verify/verifiers.ts'
import { errorData } from './error.ts'
import { prompt } from './message.ts'
import { type Opinion, opinion } from './opinion.ts'
import { classScores, type MetVerdict, metVerdict, pointwiseFields, rating, scoring } from './pointwise.ts'
import { metaRubricInput, rubric, rubricInput } from './rubric.ts'
import { name, text } from './text.ts'
import { verifierResult } from './verify.ts'

/** Who won. Never a bit: conventions for bits flip inside a single paper (systems.md 1.1). */
export const winner = z.enum(['first', 'second', 'tie']).meta({ id: 'Winner' })
export type Winner = z.infer<typeof winner>

/**
 * How the two orders decide the winner, and by which aggregator (`compat` is OpenRS as published). `forward` and
 * `backward` judge that order alone, at half the cost and without a guard against position bias.
 */
export const orderPolicy = z
  .enum(['strict', 'mean', 'compat', 'forward', 'backward'])
  .meta({ id: 'OrderPolicy' })
export type OrderPolicy = z.infer<typeof orderPolicy>

export const mode = z.enum(['staged', 'single'])
export type Mode = z.infer<typeof mode>

/**
 * `use`: answer from the record. `refresh`: judge again, with a rubric made anew, and bind the key to the new result.
 * `off`: neither read nor bind.
 */
export const cacheMode = z.enum(['use', 'refresh', 'off'])
export type CacheMode = z.infer<typeof cacheMode>

/** What every request for a judgment or a reward may say of how it is made. */
export const judgingFields = {
  prompt,
  rubric: z.union([z.string(), rubricInput]).optional().describe('A rubric, or the id of one.'),
  meta_rubric: z
    .union([z.string(), metaRubricInput, z.array(metaRubricInput).min(2).max(64)])
    .optional()
    .describe(
      'name@version, or the name alone for the newest. Default general. "auto": the model picks the domain of the prompt. A meta-rubric by value is taken as it is; of several, the model picks.',
    ),
  reference: text.optional().describe('A reference answer that the judge is shown.'),
  votes: z
    .int()
    .min(1)
    .max(15)
    .optional()
    .describe('How often each order is judged. Default 1, greedily; several are sampled.'),
  model: name.optional().describe('The id of a configured model entry.'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional()
    .describe('Default: derived from the content.'),
  cache: cacheMode
    .optional()
    .describe(
      'use (default): answer from the record where it can. refresh: judge again, with a rubric made anew, and keep that instead. off: judge again and change nothing that is known.',
    ),
}

/** What a rubric is made from. */
export const rubricSource = z.enum(['pair', 'prompt'])
export type RubricSource = z.infer<typeof rubricSource>

/** The same for a pair. */
export const pairFields = {
  constraints: z
    .array(verifierSpec)
    .max(64)
    .optional()
    .describe('Verifiers that decide before the rubric does.'),
  orders: orderPolicy
    .optional()
    .describe(
      'How both orders decide. strict (default): who wins both. mean: the mean score. compat: as OpenRS published it. forward, backward: that order alone, at half the cost.',
    ),
  min_score: z
    .number()
    .min(0)
    .max(2)
    .optional()
    .describe('Scores no larger than this count as no difference.'),
  min_confidence: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Where the judge is less sure than this, there is no winner: null, with the error abstained.'),
  mode: mode.optional(),
  rubric_from: rubricSource
    .optional()
    .describe(
      'openrs, mode staged: the pair and how it differs (default), or the prompt alone: one rubric a prompt.',
    ),
}

/**
 * How a pair is judged: `openrs` compares criterion by criterion, `rubric-arm` lets a judge name the winner by a
 * rubric made from the prompt alone, `direct` asks for a winner without any rubric.
 */
export const pairProtocol = z.enum(['openrs', 'rubric-arm', 'direct']).meta({ id: 'PairProtocol' })
export type PairProtocol = z.infer<typeof pairProtocol>

/** `POST /v1/judgments`, two responses compared. */
export const pairRequest = z
  .strictObject({
    protocol: pairProtocol.optional(),
    ...judgingFields,
    ...pairFields,
    responses: z.tuple([text, text], 'must hold exactly two responses'),
    stream: z.boolean().optional(),
  })
  .meta({ id: 'PairRequest' })
export type PairRequest = z.infer<typeof pairRequest>

/** `POST /v1/judgments` with `protocol: "pointwise"`, one response against the criteria. */
export const pointwiseRequest = z
  .strictObject({
    protocol: z.literal('pointwise'),
    ...judgingFields,
    ...pointwiseFields,
    responses: z.tuple([text], 'must hold exactly one response'),
    stream: z.boolean().optional(),
  })
  .meta({ id: 'PointwiseRequest' })
export type PointwiseRequest = z.infer<typeof pointwiseRequest>

export type JudgmentRequest = PairRequest | PointwiseRequest

/** One criterion, judged in one order. Positive favours the response that was shown first. */
export const criterionVerdict = z
  .object({
    id: z.string(),
    verdict: z.number().describe('-2..2; positive favours the response that this order shows first.'),
    confidence: z
      .number()
      .nullable()
      .describe('Probability of the sign of the verdict, where verdicts are probabilities; else null.'),
    evidence: z.string().nullable(),
    reason: z.string().nullable(),
    stated: z
      .object({ type: z.unknown(), chosen: z.unknown(), score: z.unknown() })
      .partial()
      .optional()
      .describe('mode single: the line as the model wrote it, which is what compat aggregates.'),
  })
  .meta({ id: 'CriterionVerdict' })
export type CriterionVerdict = z.infer<typeof criterionVerdict>

/** One pass over the pair in one order. */
export const orderResult = z
  .object({
    order: z.enum(['forward', 'backward']).describe("forward shows the caller's first response first."),
    vote: z.int(),
    score: z.number().nullable().describe('Positive favours the response that this order shows first.'),
    rubric: rubric.optional().describe('mode single only: this order made its own rubric.'),
    criteria: z.array(criterionVerdict),
    opinion: opinion.optional().describe('rubric-arm and direct, which give no verdicts on criteria.'),
    error: errorData.optional(),
  })
  .meta({ id: 'OrderResult' })
export type OrderResult = z.infer<typeof orderResult>

export const usage = z
  .object({
    judge_calls: z.int().describe('Calls that a model server saw.'),
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    cached_tokens: z.int(),
    cache: z.enum(['hit', 'miss']),
    cost: z.number().nullable().describe("In the currency of the model entry's price; null without a price."),
  })
  .meta({ id: 'Usage' })
export type Usage = z.infer<typeof usage>

/** Where a prompt was routed to, with `meta_rubric: "auto"`. */
export const route = z
  .object({
    meta_rubric: z.string().describe('name@version that the prompt is judged by.'),
    confidence: z
      .number()
      .describe('Probability of the first of the ranking; where it is low, general is taken.'),
    ranking: z.array(z.object({ name: z.string(), probability: z.number() })),
  })
  .meta({ id: 'Route' })
export type Route = z.infer<typeof route>

export const decidedBy = z.enum(['verifier', 'rubric', 'policy'])

/** One model of a cascade, and what it found; the last one's judgment is the answer. */
export const cascadeStage = z
  .object({
    model: z.string(),
    id: z.string(),
    winner: winner.nullable(),
    confidence: z.number().nullable(),
  })
  .meta({ id: 'CascadeStage' })
export type CascadeStage = z.infer<typeof cascadeStage>

/** The answer for a pair. */
export const pairJudgment = z
  .object({
    id: z.string(),
    object: z.literal('judgment'),
    created: z.int().describe('Unix time, seconds.'),
    protocol: pairProtocol,
    model: z.string().nullable(),
    winner: winner.nullable(),
    score: z.number().nullable().describe('(forward - backward) / 2; positive favours the first response.'),
    confidence: z.number().nullable().describe('0..1, that the winner is right.'),
    calibrated: z.boolean().describe("Whether confidence went through the model entry's calibration."),
    decided_by: decidedBy
      .nullable()
      .describe('policy: the orders disagree or the responses are identical; null when nothing decided.'),
    order_policy: orderPolicy,
    min_score: z.number(),
    cascade: z
      .array(cascadeStage)
      .optional()
      .describe('The judgments of a cascade of models, in the order in which they were asked for.'),
    rubric: rubric.nullable().describe('null in mode single, where each order names its own.'),
    route: route.optional(),
    orders: z.array(orderResult),
    vote_share: z
      .object({ forward: z.number().nullable(), backward: z.number().nullable() })
      .nullable()
      .describe(
        "The share of an order's votes that name the caller's first response, a tie counting half; null where that order was not judged.",
      ),
    verifiers: z.array(verifierResult),
    usage,
    error: errorData.nullable(),
  })
  .meta({ id: 'PairJudgment' })
export type PairJudgment = z.infer<typeof pairJudgment>

/** The answer for a single response. */
export const pointwiseJudgment = z
  .object({
    id: z.string(),
    object: z.literal('judgment'),
    created: z.int(),
    protocol: z.literal('pointwise'),
    model: z.string().nullable(),
    scoring,
    score: z
      .number()
      .nullable()
      .describe(
        '0..1; by points at most 1, and below 0 where faults outweigh; -1..1 with scoring probability.',
      ),
    classes: classScores.optional().describe('The same for the part of the rubric that carries each tag.'),
    rating: rating.optional().describe('scoring implicit only.'),
    rubric: rubric.nullable(),
    route: route.optional(),
    criteria: z.array(metVerdict).describe('Empty with scoring implicit.'),
    usage,
    error: errorData.nullable(),
  })
  .meta({ id: 'PointwiseJudgment' })
export type PointwiseJudgment = z.infer<typeof pointwiseJudgment>

export const judgment = z
  .discriminatedUnion('protocol', [pairJudgment, pointwiseJudgment])
  .meta({ id: 'Judgment' })
export type Judgment = z.infer<typeof judgment>

export const judgmentList = z
  .object({ object: z.literal('list'), data: z.array(judgment), has_more: z.boolean() })
  .meta({ id: 'JudgmentList' })

/** What `stream: true` sends, one server-sent event each: `event` is the name, the data is the rest. */
export type JudgmentEvent =
  | { event: 'verifier'; data: z.infer<typeof verifierResult> }
  | { event: 'rubric'; data: z.infer<typeof rubric> }
  | {
      event: 'verdict'
      data: { order: 'forward' | 'backward' | null; vote: number; criterion: CriterionVerdict | MetVerdict }
    }
  | { event: 'opinion'; data: { order: 'forward' | 'backward'; vote: number; opinion: Opinion } }
  | { event: 'result'; data: Judgment }
  | { event: 'error'; data: z.infer<typeof errorData> }
