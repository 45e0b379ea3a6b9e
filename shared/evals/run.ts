import * as z from 'zod'
import { inputMessage } from '../graders/messages.ts'
import { metadata } from './eval.ts'

/** A row of a data source: what graders know as `item`, and as `sample` where a response came with it. */
export const row = z.object({
  item: z.record(z.string(), z.unknown()),
  sample: z.record(z.string(), z.unknown()).nullish(),
})
export type Row = z.infer<typeof row>

/** Rows of one run. */
export const MOST_ROWS = 10_000

const fileContent = z.object({
  type: z.literal('file_content'),
  content: z.array(row).min(1, 'must hold a row').max(MOST_ROWS),
})
const fileId = z.object({ type: z.literal('file_id'), id: z.string() })
const source = z.discriminatedUnion('type', [fileContent, fileId], {
  error: 'must be file_content or file_id: what OpenAI stored is not here, so send its rows',
})

const inputMessages = z.discriminatedUnion('type', [
  z.object({ type: z.literal('template'), template: z.array(inputMessage).min(1, 'must hold a message') }),
  z.object({ type: z.literal('item_reference'), item_reference: z.string() }),
])

const NO_FORMAT = 'must be text or json_schema: a JSON object without a schema is not sampled'
const jsonSchema = z.object({ name: z.string(), schema: z.record(z.string(), z.unknown()) })
const none = (what: string) =>
  z.array(z.unknown()).max(0, `must be left out: ${what} are not sampled`).nullish()
const common = {
  seed: z.int().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  max_completions_tokens: z.int().min(1).nullish(),
  reasoning_effort: z.string().max(32).nullish(),
  tools: none('tools'),
}
const responseFormat = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_schema'), json_schema: jsonSchema }),
  ],
  { error: NO_FORMAT },
)
const textFormat = z.discriminatedUnion(
  'type',
  [z.object({ type: z.literal('text') }), jsonSchema.extend({ type: z.literal('json_schema') })],
  { error: NO_FORMAT },
)

const sampled = { source, model: z.string().min(1).nullish(), input_messages: inputMessages.nullish() }

/** Where the rows of a run come from, and how a model answers them where it does. */
export const dataSource = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('jsonl'), source }),
    z.object({
      type: z.literal('completions'),
      ...sampled,
      sampling_params: z.object({ ...common, response_format: responseFormat.nullish() }).nullish(),
    }),
    z.object({
      type: z.literal('responses'),
      ...sampled,
      sampling_params: z
        .object({ ...common, text: z.object({ format: textFormat.nullish() }).nullish() })
        .nullish(),
    }),
  ])
  .refine((given) => given.type === 'jsonl' || !given.model || Boolean(given.input_messages), {
    path: ['input_messages'],
    message: 'is needed beside model: say what the model is asked',
  })
export type DataSource = z.infer<typeof dataSource>

/** `POST /v1/evals/{id}/runs`. */
export const createRun = z
  .object({ name: z.string().max(512).optional(), data_source: dataSource, metadata })
  .meta({ id: 'CreateEvalRunRequest' })
export type CreateRun = z.infer<typeof createRun>

export const RUN_STATUSES = ['queued', 'in_progress', 'completed', 'canceled', 'failed'] as const

const count = z.int().min(0)

/** A run of an eval over the rows of a data source. */
export const evalRun = z
  .looseObject({
    object: z.literal('eval.run'),
    id: z.string(),
    eval_id: z.string(),
    name: z.string().nullable(),
    created_at: z.int(),
    status: z.string().describe(RUN_STATUSES.join(', ')),
    model: z.string().nullable(),
    data_source: z.looseObject({ type: z.string() }),
    error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
    metadata: z.record(z.string(), z.unknown()).nullable(),
    report_url: z.string().nullish(),
    result_counts: z.looseObject({ total: count, passed: count, failed: count, errored: count }),
    per_testing_criteria_results: z
      .array(
        z.looseObject({
          testing_criteria: z.string(),
          passed: count,
          failed: count,
          errored: count.optional(),
        }),
      )
      .nullable(),
    per_model_usage: z
      .array(
        z.looseObject({
          model_name: z.string(),
          invocation_count: count,
          prompt_tokens: count,
          completion_tokens: count,
          cached_tokens: count,
          total_tokens: count,
        }),
      )
      .nullable(),
    imported_from: z.string().optional(),
  })
  .meta({ id: 'EvalRun' })
export type EvalRun = z.infer<typeof evalRun>

export function isRunning({ status }: Pick<EvalRun, 'status'>): boolean {
  return status === 'queued' || status === 'in_progress'
}
