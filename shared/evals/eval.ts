import * as z from 'zod'
import { findSchemaFault } from '../verify/schema-fault.ts'
import { storedCriterion } from './criterion.ts'

/** What people attach to an object: OpenAI's bounds. */
export const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'must have at most 16 keys')
  .nullish()

const NOT_KEPT =
  'must be "custom": logs and stored completions are kept by OpenAI alone, so send their rows as a jsonl data source or import the eval'

const customConfig = z.object({
  type: z.literal('custom', { error: NOT_KEPT }),
  item_schema: z
    .record(z.string(), z.unknown())
    .superRefine((schema, context) => {
      const fault = findSchemaFault(schema)
      if (fault !== null) context.addIssue({ code: 'custom', message: fault })
    })
    .describe('A JSON Schema that each item fits.'),
  include_sample_schema: z.boolean().default(false).describe('Whether graders are given a sample.'),
})

/** `POST /v1/evals`. */
export const createEval = z
  .object({
    name: z.string().max(512).optional(),
    data_source_config: customConfig,
    testing_criteria: z.array(storedCriterion).min(1, 'must hold a grader').max(64),
    metadata,
  })
  .meta({ id: 'CreateEvalRequest' })
export type CreateEval = z.infer<typeof createEval>

/** `POST /v1/evals/{id}`. */
export const updateEval = z.object({ name: z.string().max(512).optional(), metadata }).meta({
  id: 'UpdateEvalRequest',
})

export type UpdateEval = z.infer<typeof updateEval>

/** An eval: graders, and the schema of the data that they grade. */
export const evalObject = z
  .looseObject({
    object: z.literal('eval'),
    id: z.string(),
    name: z.string().nullable(),
    created_at: z.int(),
    data_source_config: z.looseObject({ type: z.string() }),
    testing_criteria: z.array(storedCriterion),
    metadata: z.record(z.string(), z.unknown()).nullable(),
    imported_from: z.string().optional().describe('The id that it had where it was exported.'),
  })
  .meta({ id: 'Eval' })
export type Eval = z.infer<typeof evalObject>

/** What a custom data source looks like to its readers: the schema of a row, with its item and its sample. */
export function shownConfig({ item_schema, include_sample_schema }: CreateEval['data_source_config']) {
  const properties = { item: item_schema, ...(include_sample_schema && { sample: SAMPLE_SCHEMA }) }
  return {
    type: 'custom',
    schema: { type: 'object', properties, required: Object.keys(properties) },
  }
}

const SAMPLE_SCHEMA = {
  type: 'object',
  properties: { model: { type: 'string' }, choices: { type: 'array' }, output_text: { type: 'string' } },
}

const custom = z.object({
  type: z.literal('custom'),
  schema: z.object({ properties: z.object({ item: z.record(z.string(), z.unknown()) }) }),
})

/** The schema of the items of an eval; null where it has none, as one over logs. */
export function itemSchemaOf({ data_source_config }: Eval): Record<string, unknown> | null {
  return custom.safeParse(data_source_config).data?.schema.properties.item ?? null
}
