import { Hono } from 'hono'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Platform } from '../../platform/platform.ts'
import { docsPage } from './docs-page.ts'
import { openapiDocument } from './openapi.ts'

/** What anybody may read: `/`, `/docs`, `/openapi.json` and `/healthz`. */
export function publicRoutes({ config }: Platform) {
  return new Hono<Edge>()
    .get('/', (c) => c.json(welcome(new URL(c.req.url).origin, config.open && config.keys.length === 0)))
    .get('/healthz', (c) => {
      if (!config.loading) return c.json({ status: 'ok', models: config.models.entries.length })
      throw new PlumblineError('loading', 'The model is being loaded: try again in a few seconds.')
    })
    .get('/openapi.json', (c) => c.json(openapiDocument()))
    .get('/docs', (c) => c.html(docsPage(openapiDocument())))
}

function welcome(origin: string, open: boolean) {
  const request = {
    prompt: 'Name a prime number above 10.',
    responses: ['11 is prime.', '12 is prime.'],
  }
  const key = open ? '' : " -H 'authorization: Bearer YOUR_KEY'"
  return {
    name: 'Plumbline',
    about:
      'A reward you can inspect: send a prompt and responses, get a number with the rubric and the verdicts behind it.',
    try: `curl ${origin}/v1/judgments${key} -H 'content-type: application/json' -d '${JSON.stringify(request)}'`,
    links: {
      docs: `${origin}/docs`,
      openapi: `${origin}/openapi.json`,
      judgments: `${origin}/v1/judgments`,
      rewards: `${origin}/v1/rewards`,
      verify: `${origin}/v1/verify`,
      rubrics: `${origin}/v1/rubrics`,
      meta_rubrics: `${origin}/v1/meta-rubrics`,
      runs: `${origin}/v1/runs`,
      usage: `${origin}/v1/usage`,
      tokens: `${origin}/v1/tokens`,
      models: `${origin}/v1/models`,
      files: `${origin}/v1/files`,
      fine_tuning_jobs: `${origin}/v1/fine_tuning/jobs`,
      graders: `${origin}/v1/fine_tuning/alpha/graders/run`,
      evals: `${origin}/v1/evals`,
      chat_completions: `${origin}/v1/chat/completions`,
      responses: `${origin}/v1/responses`,
      messages: `${origin}/v1/messages`,
      openrlhf: `${origin}/rlhf/openrlhf`,
      slime: `${origin}/rlhf/slime`,
      promptfoo: `${origin}/rlhf/promptfoo`,
      roll: `${origin}/rlhf/roll/submit`,
      health: `${origin}/healthz`,
    },
  }
}
