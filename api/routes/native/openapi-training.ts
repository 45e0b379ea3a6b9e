import * as z from 'zod'
import { fileDeleted, fileObject, filesQuery, PURPOSES } from '../../../shared/protocol/files.ts'
import {
  checkpointsQuery,
  createJobRequest,
  eventsQuery,
  fineTuningJob,
  jobCheckpoint,
  jobEvent,
  jobsQuery,
  pageOf,
} from '../../../shared/protocol/fine-tuning.ts'
import { LIMITS } from '../../platform/limits.ts'
import type { Operation, Operations } from './openapi-operation.ts'

const byId = z.object({ id: z.string() })
const repeatable = z.object({
  'Idempotency-Key': z
    .string()
    .max(LIMITS.idempotencyKey)
    .optional()
    .describe('A call with the same key makes no second job.'),
})
const resumable = z.object({
  'Last-Event-ID': z.string().optional().describe('With stream: goes on after this event.'),
})
const upload = z.object({
  file: z.string().meta({ format: 'binary' }).describe('Examples, a line of JSON each.'),
  purpose: z.enum(PURPOSES),
})

const act = (summary: string): Operation => ({ summary, tag: 'openai', path: byId, reply: fineTuningJob })

/** The routes of files and of the jobs that train on them. */
export const TRAINING: Operations = {
  '/v1/files': {
    post: {
      summary: `Upload a file of at most ${LIMITS.fileBytes} bytes to train on. Sent twice it is one.`,
      tag: 'openai',
      form: upload,
      reply: fileObject,
    },
    get: {
      summary: "The organisation's files.",
      tag: 'openai',
      query: filesQuery,
      reply: pageOf(fileObject),
    },
  },
  '/v1/files/{id}': {
    get: { summary: 'A file, without its content.', tag: 'openai', path: byId, reply: fileObject },
    delete: {
      summary: 'Delete a file. Jobs that were made with it keep their data.',
      tag: 'openai',
      path: byId,
      reply: fileDeleted,
    },
  },
  '/v1/files/{id}/content': {
    get: { summary: 'What was uploaded, to the byte.', tag: 'openai', path: byId, reply: z.string() },
  },
  '/v1/fine_tuning/jobs': {
    post: {
      summary:
        'Train at the worker of a model entry, once the request and every line of the data are checked.',
      tag: 'openai',
      body: createJobRequest,
      reply: fineTuningJob,
      headers: repeatable,
    },
    get: {
      summary: "The organisation's jobs, newest first.",
      tag: 'openai',
      query: jobsQuery,
      reply: pageOf(fineTuningJob),
    },
  },
  '/v1/fine_tuning/jobs/{id}': {
    get: {
      summary: 'A job as its worker says, or said last: then the Age header is above 0.',
      tag: 'openai',
      path: byId,
      reply: fineTuningJob,
    },
  },
  '/v1/fine_tuning/jobs/{id}/cancel': { post: act('End a job for good.') },
  '/v1/fine_tuning/jobs/{id}/pause': { post: act('Stop after the step under way, with a checkpoint.') },
  '/v1/fine_tuning/jobs/{id}/resume': {
    post: act('Go on with a job that was paused or has failed, from its last checkpoint.'),
  },
  '/v1/fine_tuning/jobs/{id}/events': {
    get: {
      summary: 'What happened to a job: a page, or with stream=true server-sent events to its end.',
      tag: 'openai',
      path: byId,
      query: eventsQuery,
      headers: resumable,
      reply: pageOf(jobEvent),
      streams: true,
    },
  },
  '/v1/fine_tuning/jobs/{id}/checkpoints': {
    get: {
      summary: 'The checkpoints that are still kept, newest first.',
      tag: 'openai',
      path: byId,
      query: checkpointsQuery,
      reply: pageOf(jobCheckpoint),
    },
  },
}
