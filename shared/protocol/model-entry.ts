import * as z from 'zod'
import { TEMPERATURE_RANGE } from '../calibration/temperature.ts'
import { SANDBOX_LANGUAGES } from '../verify/sandbox.ts'
import { name } from './text.ts'

/** How rubrics are made: written by the model under a schema, or selected from clauses by probability. */
export const instantiation = z.enum(['generate', 'select'])
export type Instantiation = z.infer<typeof instantiation>

/** How verdicts are given: written with evidence, or read off the probabilities of verdict labels. */
export const verdictMethod = z.enum(['generate', 'choose'])
export type VerdictMethod = z.infer<typeof verdictMethod>

/** One entry of `PLUMBLINE_MODELS`. */
export const modelEntry = z
  .strictObject({
    id: name,
    base_url: z.url({ protocol: /^https?$/ }).optional(),
    base_urls: z
      .array(z.url({ protocol: /^https?$/ }))
      .min(1)
      .optional()
      .describe('Tried in order: failover and no more.'),
    key: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the NAME of a secret in capitals, never the key itself')
      .optional()
      .describe('The NAME of the secret that holds the key.'),
    model: z.string(),
    revision: z.string().optional().describe('Declared revision, part of every cache key.'),
    judges: z.enum(['here', 'there']).default('here'),
    instantiate: instantiation.default('generate'),
    verdicts: verdictMethod.default('generate'),
    timeout_ms: z.int().min(1).max(600_000).default(60_000),
    max_concurrent: z.int().min(1).max(1000).optional(),
    context: z.int().min(1).optional().describe('Context window, tokens.'),
    sandbox: z
      .array(z.enum(SANDBOX_LANGUAGES))
      .default([])
      .describe('The languages that its worker runs programs of: such verifiers are sent there.'),
    price: z
      .strictObject({ prompt: z.number().min(0), completion: z.number().min(0) })
      .optional()
      .describe('Per million tokens.'),
    calibration: z
      .strictObject({
        temperature: z.number().min(TEMPERATURE_RANGE.min).max(TEMPERATURE_RANGE.max),
        pairs: z.int().min(1).optional().describe('Labelled pairs that it was fitted on.'),
      })
      .optional()
      .describe('How the confidence of its judgments is scaled; `plumbline audit` fits one.'),
  })
  .refine((entry) => (entry.base_url === undefined) !== (entry.base_urls === undefined), {
    message: 'or base_urls is needed, and only one of them',
    path: ['base_url'],
  })
export type ModelEntry = z.infer<typeof modelEntry>

/** An entry that is no model: it asks models in turn, the cheapest first, until one is sure enough. */
export const cascadeEntry = z.strictObject({
  id: name,
  cascade: z
    .array(name)
    .min(2)
    .max(4)
    .describe('Ids of model entries, in the order in which they are asked.'),
  min_confidence: z.number().min(0).max(1).describe('From this confidence on, the next model is not asked.'),
})
export type CascadeEntry = z.infer<typeof cascadeEntry>
