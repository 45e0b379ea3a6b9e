import * as z from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { DEADLINE_HEADER, MAX_DEADLINE_MS } from '../../../shared/protocol/deadline.ts'
import { errorBody } from '../../../shared/protocol/error.ts'
import { judgment, judgmentList, pairRequest, pointwiseRequest } from '../../../shared/protocol/judgment.ts'
import { rewardList, rewardRequest } from '../../../shared/protocol/reward.ts'
import { rubric, rubricInput } from '../../../shared/protocol/rubric.ts'
import { usageList } from '../../../shared/protocol/usage.ts'
import { verifyList, verifyRequest } from '../../../shared/protocol/verify.ts'
import { writeVerifierRequest, writtenVerifier } from '../../../shared/protocol/written-verifier.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import { dialectSettings } from '../../dialects/settings.ts'
import { LIMITS } from '../../platform/limits.ts'
import { DIALECTS } from '../dialects.ts'
import { GUESSED } from '../guessed.ts'
import { INFERENCE } from '../inference/dialects.ts'
import { listQuery } from './judgments.ts'
import { CHAT } from './openapi-chat.ts'
import { EVALS } from './openapi-evals.ts'
import { GOVERNANCE } from './openapi-governance.ts'
import { BESIDE } from './openapi-inference.ts'
import type { Operation, Operations } from './openapi-operation.ts'
import { rollOperations } from './openapi-roll.ts'
import { RUNS } from './openapi-runs.ts'
import { TOKENS } from './openapi-tokens.ts'
import { TRAINING } from './openapi-training.ts'

const judging = z.object({
  [DEADLINE_HEADER]: z
    .int()
    .min(1)
    .max(MAX_DEADLINE_MS)
    .optional()
    .describe('How long the caller waits. The judgment goes on after it.'),
  'Idempotency-Key': z
    .string()
    .max(LIMITS.idempotencyKey)
    .optional()
    .describe('Makes cache refresh and off repeatable.'),
  'X-Request-Id': z.string().max(255).optional().describe('Comes back with the answer.'),
})
const byId = z.object({ id: z.string() })
const range = z.tuple([z.number().nullable(), z.number()])
const describeUrl: Operation = {
  summary: 'How a URL with these settings rewards, and an example.',
  tag: 'rlhf',
  query: dialectSettings,
  reply: z.looseObject({
    object: z.literal('dialect'),
    settings: z.looseObject({}),
    range: z.object({ single: range, group: range }),
  }),
}

const OPERATIONS: Operations = {
  '/v1/judgments': {
    post: {
      summary:
        'Judge a pair of responses, or one response. With stream: true the findings come as server-sent events.',
      tag: 'native',
      body: z.union([pairRequest, pointwiseRequest]),
      reply: judgment,
      streams: true,
      headers: judging,
    },
    get: { summary: 'Judgments, newest first.', tag: 'native', query: listQuery, reply: judgmentList },
  },
  '/v1/judgments/{id}': {
    get: {
      summary: 'A judgment exactly as it was first answered.',
      tag: 'native',
      path: byId,
      reply: judgment,
    },
  },
  '/v1/rewards': {
    post: {
      summary: 'A number for each response of a group, with the judgments that made it.',
      tag: 'native',
      body: rewardRequest,
      reply: rewardList,
      headers: judging,
    },
  },
  '/v1/verify': {
    post: {
      summary: 'Check a response by verifiers, without a model.',
      tag: 'native',
      body: verifyRequest,
      reply: verifyList,
    },
  },
  '/v1/verifiers/write': {
    post: {
      summary: 'Have a model express a constraint as a verifier, which is tried out before it is answered.',
      tag: 'native',
      body: writeVerifierRequest,
      reply: writtenVerifier,
    },
  },
  '/v1/rubrics': {
    post: {
      summary: 'File a rubric, to name it by its id.',
      tag: 'native',
      body: rubricInput,
      reply: rubric,
      status: '201',
    },
  },
  '/v1/rubrics/{id}': {
    get: { summary: 'A rubric, whoever made it.', tag: 'native', path: byId, reply: rubric },
  },
  ...GOVERNANCE,
  '/v1/usage': {
    get: { summary: 'What each API key of the organisation spent.', tag: 'native', reply: usageList },
  },
  ...RUNS,
  ...EVALS,
  ...TOKENS,
  ...CHAT,
  ...TRAINING,
  ...BESIDE,
  ...rollOperations(describeUrl),
  ...Object.fromEntries(Object.entries(DIALECTS).map(([path, dialect]) => [path, ofDialect(path, dialect)])),
  ...Object.fromEntries(
    Object.entries(GUESSED).flatMap(([path, dialects]) =>
      path === '/' ? [] : [[path, ofGuessed(dialects)] as const],
    ),
  ),
}

function ofDialect(path: string, { client, request, reply, methods }: Dialect): Operations[string] {
  const tag = path.startsWith('/inference') ? 'inference' : 'rlhf'
  const asked: Operation = { summary: client, tag, query: dialectSettings, body: request, reply }
  return { get: { ...describeUrl, tag }, post: asked, ...(methods?.includes('PUT') && { put: asked }) }
}

/** A path that several clients may call. */
function ofGuessed(dialects: readonly Dialect[]): Operations[string] {
  const tag = dialects.some((dialect) => Object.values(INFERENCE).includes(dialect)) ? 'inference' : 'rlhf'
  const list = z.object({ object: z.literal('list'), data: z.array(describeUrl.reply) })
  const asked: Operation = {
    summary: dialects.map(({ client }) => client).join('; '),
    ...{ tag, query: dialectSettings },
    body: z.union(dialects.map(({ request }) => request)),
    reply: z.union(dialects.map(({ reply }) => reply)),
  }
  const puts = dialects.some(({ methods }) => methods?.includes('PUT'))
  return { get: { ...describeUrl, tag, reply: list }, post: asked, ...(puts && { put: asked }) }
}

let made: ReturnType<typeof createDocument> | undefined

/** The OpenAPI 3.1 document, made from the very schemas that read the bodies, on first demand. */
export function openapiDocument(): ReturnType<typeof createDocument> {
  made ??= createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Plumbline',
      version: '1',
      description: 'A reward you can inspect. Every error is {"error": {code, message, param?, type}}.',
    },
    paths: Object.fromEntries(
      Object.entries(OPERATIONS).map(([path, methods]): [string, ZodOpenApiPathsObject[string]] => [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([method, described]) => [method, operation(described)]),
        ),
      ]),
    ),
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    security: [{ key: [] }],
  })
  return made
}

function operation(described: Operation): ZodOpenApiOperationObject {
  const { summary, tag, body, form, reply, status = '200', streams, path, query, headers } = described
  const json = (schema: z.ZodType) => ({ 'application/json': { schema } })
  return {
    summary,
    tags: [tag],
    requestParams: {
      ...(path ? { path } : {}),
      ...(query ? { query } : {}),
      ...(headers ? { header: headers } : {}),
    },
    ...(body ? { requestBody: { required: true, content: json(body) } } : {}),
    ...(form
      ? { requestBody: { required: true, content: { 'multipart/form-data': { schema: form } } } }
      : {}),
    responses: {
      [status]: {
        description: 'The answer.',
        content: {
          ...json(reply),
          ...(streams ? { 'text/event-stream': { schema: z.string() } } : {}),
        },
      },
      default: { description: "An error, the caller's or the service's.", content: json(errorBody) },
    },
  }
}
