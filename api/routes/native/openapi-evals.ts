import * as z from 'zod'
import { createEval, evalObject, updateEval } from '../../../shared/evals/eval.ts'
import { importReply, importRequest } from '../../../shared/evals/imported.ts'
import { outputItem } from '../../../shared/evals/output-item.ts'
import { evalsQuery, itemsQuery, listOf, runsQuery } from '../../../shared/evals/queries.ts'
import { createRun, evalRun } from '../../../shared/evals/run.ts'
import { graderRunReply, graderRunRequest, graderValidateRequest } from '../../../shared/graders/protocol.ts'
import type { Operation, Operations } from './openapi-operation.ts'

const ofEval = z.object({ id: z.string() })
const ofRun = z.object({ id: z.string(), run: z.string() })
const ofItem = z.object({ id: z.string(), run: z.string(), item: z.string() })

const cancel: Operation = {
  summary: 'End a run; what was graded stays.',
  tag: 'openai',
  path: ofRun,
  reply: evalRun,
}

/** The routes of graders and evals. */
export const EVALS: Operations = {
  '/v1/fine_tuning/alpha/graders/run': {
    post: {
      summary: 'Grade one sample. What the grader can not tell is a null with its errors.',
      tag: 'openai',
      body: graderRunRequest,
      reply: graderRunReply,
    },
  },
  '/v1/fine_tuning/alpha/graders/validate': {
    post: {
      summary: 'Look whether a grader could run: its fields, its variables, its formula.',
      tag: 'openai',
      body: graderValidateRequest,
      reply: graderValidateRequest,
    },
  },
  '/v1/evals': {
    post: {
      summary: 'Make an eval: graders, and the schema of the rows that they grade.',
      tag: 'openai',
      body: createEval,
      reply: evalObject,
      status: '201',
    },
    get: { summary: 'Evals, oldest first.', tag: 'openai', query: evalsQuery, reply: listOf(evalObject) },
  },
  '/v1/eval_imports': {
    post: {
      summary: 'Take over evals, runs and output items as they are. Repeated, it changes nothing.',
      tag: 'openai',
      body: importRequest,
      reply: importReply,
    },
  },
  '/v1/evals/{id}': {
    get: { summary: 'An eval.', tag: 'openai', path: ofEval, reply: evalObject },
    post: {
      summary: 'Change the name or the metadata of an eval.',
      tag: 'openai',
      path: ofEval,
      body: updateEval,
      reply: evalObject,
    },
    delete: {
      summary: 'Delete an eval with its runs.',
      tag: 'openai',
      path: ofEval,
      reply: z.object({ object: z.literal('eval.deleted'), deleted: z.literal(true), eval_id: z.string() }),
    },
  },
  '/v1/evals/{id}/runs': {
    post: {
      summary: 'Grade the rows of a data source, in the background.',
      tag: 'openai',
      path: ofEval,
      body: createRun,
      reply: evalRun,
      status: '201',
    },
    get: {
      summary: 'Runs, oldest first.',
      tag: 'openai',
      path: ofEval,
      query: runsQuery,
      reply: listOf(evalRun),
    },
  },
  '/v1/evals/{id}/runs/{run}': {
    get: { summary: 'A run as it stands now.', tag: 'openai', path: ofRun, reply: evalRun },
    post: cancel,
    delete: {
      summary: 'Delete a run with its output items.',
      tag: 'openai',
      path: ofRun,
      reply: z.object({
        object: z.literal('eval.run.deleted'),
        deleted: z.literal(true),
        run_id: z.string(),
      }),
    },
  },
  '/v1/evals/{id}/runs/{run}/cancel': { post: cancel },
  '/v1/evals/{id}/runs/{run}/output_items': {
    get: {
      summary: 'What the graders made of each row.',
      tag: 'openai',
      path: ofRun,
      query: itemsQuery,
      reply: listOf(outputItem),
    },
  },
  '/v1/evals/{id}/runs/{run}/output_items/{item}': {
    get: { summary: 'What the graders made of one row.', tag: 'openai', path: ofItem, reply: outputItem },
  },
}
