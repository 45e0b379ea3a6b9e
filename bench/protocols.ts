import { parseArgs } from 'node:util'
import * as z from 'zod'
import { get, post, serviceFrom } from '../cli/client.ts'
import { readPairs } from '../cli/eval/layouts/layouts.ts'
import type { Pair } from '../cli/eval/task.ts'
import { type Judgment, judgment } from '../shared/protocol/judgment.ts'
import { report } from './statistics.ts'

/**
 * `npm run bench:protocols -- FILE [--limit N] [--model ID]`, against the service of PLUMBLINE_URL: the judge calls,
 * the tokens and the wall time of one judgment, one at a time, by protocol and mode, each beside `direct`, which does
 * nothing but ask for the winner. The record is neither read nor written. Ways that the model can't go are left out.
 */
const { values, positionals } = parseArgs({
  options: { limit: { type: 'string', default: '5' }, model: { type: 'string' } },
  allowPositionals: true,
})
const [file] = positionals
if (file === undefined) throw new Error('Name a file of pairs: npm run bench:protocols -- pairs.jsonl')

const service = serviceFrom(process.env)
const pairs = readPairs(file).slice(0, Number(values.limit))
const { data: models } = await get(
  service,
  '/v1/models',
  z.object({ data: z.array(z.looseObject({ id: z.string(), verdicts: z.string().optional() })) }),
)
const model = models.find(({ id }) => id === values.model) ?? models[0]
if (!model) throw new Error('The service has no model.')

type Way = { name: string; fields: object; single?: boolean; writes?: boolean }

const WAYS: Way[] = [
  { name: 'direct', fields: { protocol: 'direct' } },
  { name: 'openrs staged', fields: {} },
  { name: 'openrs staged, rubric of the prompt', fields: { rubric_from: 'prompt' } },
  { name: 'openrs staged, auto domain', fields: { meta_rubric: 'auto' } },
  { name: 'openrs staged, 3 votes', fields: { votes: 3 }, writes: true },
  { name: 'openrs single', fields: { mode: 'single' }, writes: true },
  { name: 'rubric-arm', fields: { protocol: 'rubric-arm' } },
  { name: 'rubric-arm, 5 votes', fields: { protocol: 'rubric-arm', votes: 5 }, writes: true },
  { name: 'pointwise explicit', fields: { protocol: 'pointwise' }, single: true },
  { name: 'pointwise implicit', fields: { protocol: 'pointwise', scoring: 'implicit' }, single: true },
  { name: 'pointwise probability', fields: { protocol: 'pointwise', scoring: 'probability' }, single: true },
]

type Cost = { calls: number; prompt: number; cached: number; completion: number; seconds: number }

let direct: Cost | null = null
for (const way of WAYS) {
  if (way.writes && model.verdicts === 'choose') continue
  const costs: Cost[] = []
  for (const pair of pairs) costs.push(await costOf(pair, way))
  const mean = (of: (cost: Cost) => number) => costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length
  const cost: Cost = {
    calls: mean(({ calls }) => calls),
    prompt: mean(({ prompt }) => prompt),
    cached: mean(({ cached }) => cached),
    completion: mean(({ completion }) => completion),
    seconds: mean(({ seconds }) => seconds),
  }
  direct ??= cost
  const units = {
    calls: 'calls',
    prompt: 'tokens',
    cached: 'tokens',
    completion: 'tokens',
    seconds: 's',
  } as const
  for (const figure of ['calls', 'prompt', 'cached', 'completion', 'seconds'] as const) {
    const base = direct[figure]
    const name = `${way.name}: ${figure} a judgment`
    const beside = base === 0 ? {} : { against: 'direct', ratio: cost[figure] / base }
    report({ name, value: cost[figure], unit: units[figure], ...beside })
  }
}

async function costOf({ prompt, responses }: Pair, { fields, single }: Way): Promise<Cost> {
  const body = { prompt, responses: single ? responses.slice(0, 1) : responses, ...fields, cache: 'off' }
  const started = performance.now()
  const answer: Judgment = await post(service, '/v1/judgments', { ...body, model: model?.id }, judgment)
  const { judge_calls, prompt_tokens, cached_tokens, completion_tokens } = answer.usage
  return {
    calls: judge_calls,
    prompt: prompt_tokens,
    cached: cached_tokens,
    completion: completion_tokens,
    seconds: (performance.now() - started) / 1000,
  }
}
