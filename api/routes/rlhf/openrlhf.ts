import { Hono } from 'hono'
import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { Rewards } from '../../judging/rewards.ts'
import type { Edge } from '../../middleware/edge.ts'
import { LIMITS } from '../../platform/limits.ts'
import { readJson } from '../body.ts'
import { describeDialect } from './describe.ts'
import { type Sample, sampleLabel } from './sample.ts'
import { scoreSamples } from './score-samples.ts'
import { readSettings } from './settings.ts'
import { isPadding, readPrompt, splitConversation, withoutClosing } from './templated-text.ts'

const texts = z.array(z.string()).max(LIMITS.dialectResponses)

/** OpenRLHF's body (contracts.md 1.1). Fields beside these are its own affair. */
export const openrlhfRequest = z.looseObject({
  query: texts.describe('Prompt and response as one decoded text, special tokens included.'),
  prompts: texts.optional(),
  labels: z.array(sampleLabel).nullish(),
})
type OpenrlhfRequest = z.infer<typeof openrlhfRequest>

/** `POST /rlhf/openrlhf`: what `--reward.remote_url` and `--remote_rm_url` call. Arrays may be empty. */
export function openrlhfRoutes(rewards: Rewards) {
  return new Hono<Edge>()
    .get('/', (c) => c.json(describeDialect('openrlhf', c.req.url, readSettings(c.req.query()))))
    .post('/', async (c) => {
      const settings = readSettings(c.req.query())
      const samples = toSamples(parseWith(openrlhfRequest, await readJson(c)))
      const scored = await scoreSamples(samples, settings, rewards, c.get('call'))
      return c.json({
        rewards: scored.map(({ reward }) => reward),
        scores: scored.map(({ score }) => score),
        judgments: scored.map(({ judgments }) => judgments),
        substituted: scored.filter(({ substituted }) => substituted).length,
      })
    })
}

function toSamples({ query, prompts, labels }: OpenrlhfRequest): Sample[] {
  for (const [name, list] of Object.entries({ prompts, labels })) {
    if (list && list.length !== query.length) {
      const message = `'${name}' has ${list.length} items and 'query' ${query.length}: send one for each.`
      throw new PlumblineError('invalid_request', message, { param: name })
    }
  }
  return query.map((text, index) => {
    const { prompt, response } = cut(text.toWellFormed(), prompts?.[index]?.toWellFormed(), index)
    const read = readPrompt(prompt)
    return {
      index,
      prompt: read.prompt,
      response: withoutClosing(read.begun + response),
      label: labels?.[index]?.toWellFormed() ?? null,
      labelParam: `labels.${index}`,
    }
  })
}

function cut(query: string, prompt: string | undefined, index: number): { prompt: string; response: string } {
  if (prompt !== undefined && prompt !== '') {
    const at = query.indexOf(prompt)
    if (at >= 0 && isPadding(query.slice(0, at))) {
      return { prompt, response: query.slice(at + prompt.length) }
    }
    const message = `'query.${index}' does not begin with 'prompts.${index}', so its response can't be told apart.`
    throw new PlumblineError('invalid_request', message, { param: `query.${index}` })
  }
  const split = splitConversation(query)
  if (split) return split
  const message = `'prompts.${index}' is missing and 'query.${index}' is in no known chat template: send prompts.`
  throw new PlumblineError('invalid_request', message, { param: `prompts.${index}` })
}
