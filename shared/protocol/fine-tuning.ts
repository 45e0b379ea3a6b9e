import * as z from 'zod'
import { fileId } from './files.ts'
import { name } from './text.ts'
import { method } from './training/methods.ts'
import { stepReport } from './training/step-report.ts'

/** The id of a job, the same at the edge and at its worker. */
export const jobId = z.string().regex(/^ftjob-[0-9a-f]{24}$/, 'must be the id of a job')

export const jobStatus = z.enum([
  'validating_files',
  'queued',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
])
export type JobStatus = z.infer<typeof jobStatus>

const OVER: ReadonlySet<JobStatus> = new Set(['succeeded', 'failed', 'cancelled'])

/** Whether a job with this status never changes again. */
export function isOver(status: JobStatus): boolean {
  return OVER.has(status)
}

const METADATA = { pairs: 16, key: 64, value: 512 }
const metadata = z
  .record(z.string().min(1).max(METADATA.key), z.string().max(METADATA.value))
  .refine(
    (pairs) => Object.keys(pairs).length <= METADATA.pairs,
    `has over ${METADATA.pairs} keys: send fewer`,
  )

const seed = z
  .int()
  .min(0)
  .max(2 ** 48)

/** `POST /v1/fine_tuning/jobs`, as OpenAI has it, with methods and hyperparameters of our own. */
export const createJobRequest = z
  .strictObject({
    model: name.describe(
      'The worker that trains: at the edge the id of its model entry, at a worker its model.',
    ),
    training_file: fileId,
    validation_file: fileId.nullish().describe('Examples that are measured and never trained on.'),
    method: method.prefault({ type: 'supervised' }),
    suffix: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,23}$/, 'must be up to 24 letters, digits and . _ -')
      .nullish()
      .describe('A part of the name of what comes out.'),
    seed: seed.nullish().describe('In the place of the seed among the hyperparameters.'),
    metadata: metadata.nullish(),
    integrations: z
      .array(z.never('is not supported: leave integrations out, and read the metrics from the events'))
      .nullish(),
  })
  .meta({ id: 'CreateFineTuningJob' })
export type CreateJobRequest = z.infer<typeof createJobRequest>

/** Why a job failed. `code` is one of the API's error codes. */
export const jobError = z.object({ code: z.string(), message: z.string(), param: z.string().nullable() })
export type JobError = z.infer<typeof jobError>

/** A job as OpenAI's clients read it, and what they don't know of beside it. */
export const fineTuningJob = z
  .object({
    id: jobId,
    object: z.literal('fine_tuning.job'),
    created_at: z.int().describe('Unix time, seconds, as every time here.'),
    finished_at: z.int().nullable(),
    estimated_finish: z.int().nullable(),
    model: z.string(),
    fine_tuned_model: z
      .string()
      .nullable()
      .describe('What the worker serves the result as, once it succeeded.'),
    fine_tuned_models: z
      .record(z.string(), z.string())
      .describe('The same for each role that was trained: judge and generator, say.'),
    organization_id: z.string(),
    status: jobStatus,
    training_file: fileId,
    validation_file: fileId.nullable(),
    method,
    hyperparameters: z
      .object({ n_epochs: z.number().nullable(), batch_size: z.number().nullable() })
      .describe("Those of the method that OpenAI's older clients look for; null where it has no such one."),
    seed: z.int(),
    suffix: z.string().nullable(),
    metadata: metadata.nullable(),
    result_files: z
      .array(fileId)
      .describe(
        'Files that the job left, for GET /v1/files/{id}/content: what a teacher wrote. Metrics are in the events.',
      ),
    integrations: z.tuple([]),
    trained_tokens: z.int().nullable().describe('That passed the decoder in updates.'),
    error: jobError.nullable(),
    progress: z
      .object({ step: z.int(), steps: z.int().nullable(), phase: z.string().nullable() })
      .describe('Steps that were made, of so many, and what the last one trained.'),
    refreshed_at: z.int().describe("When the job's worker last said this."),
  })
  .meta({ id: 'FineTuningJob' })
export type FineTuningJob = z.infer<typeof fineTuningJob>

/** Something that happened to a job. Ids count up, so that a stream goes on after the last one that was seen. */
export const jobEvent = z
  .object({
    id: z.string().regex(/^ftevent-[0-9a-f]{8}-\d{8}$/),
    object: z.literal('fine_tuning.job.event'),
    created_at: z.int(),
    level: z.enum(['info', 'warn', 'error']),
    message: z.string(),
    type: z.enum(['message', 'metrics']),
    data: stepReport.nullable().describe('Of a step; null for a message.'),
  })
  .meta({ id: 'FineTuningJobEvent' })
export type JobEvent = z.infer<typeof jobEvent>

/** A state that a job can be taken up from, with the adapters of that moment. */
export const jobCheckpoint = z
  .object({
    id: z.string().regex(/^ftckpt-[0-9a-f]{8}-\d{8}$/),
    object: z.literal('fine_tuning.job.checkpoint'),
    created_at: z.int(),
    fine_tuning_job_id: jobId,
    fine_tuned_model_checkpoint: z
      .string()
      .nullable()
      .describe("The name under which the worker keeps the step's adapter."),
    step_number: z.int(),
    metrics: z.record(z.string(), z.number().nullable()),
  })
  .meta({ id: 'FineTuningJobCheckpoint' })
export type JobCheckpoint = z.infer<typeof jobCheckpoint>

/** A page of a list, as OpenAI's clients walk them: `after` is the last id of the page before. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ object: z.literal('list'), data: z.array(item), has_more: z.boolean() })
}

const limit = (most: number) => z.coerce.number('must be a whole number').int().min(1).max(most).default(20)
const key = z.string().optional().describe('An API key, for clients that can only set a URL.')

/** `GET /v1/fine_tuning/jobs`, newest first. */
export const jobsQuery = z.strictObject({ after: jobId.optional(), limit: limit(100), key })

/** `GET .../checkpoints`, newest first. */
export const checkpointsQuery = z.strictObject({ after: z.string().optional(), limit: limit(100), key })

/** `GET .../events`: a page, newest first unless told otherwise, or the events as they come. */
export const eventsQuery = z.strictObject({
  after: z.string().optional().describe('The id of an event: the page begins with the next one.'),
  limit: limit(1000),
  order: z.enum(['asc', 'desc']).default('desc'),
  stream: z
    .enum(['true', 'false', '1', '0'])
    .optional()
    .describe('Server-sent events from `Last-Event-ID` on.'),
  key,
})
