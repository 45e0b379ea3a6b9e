import type * as z from 'zod'
import { PlumblineError } from '../protocol/error.ts'
import { parseWith } from '../protocol/parse.ts'
import { findFault, grade } from './grade.ts'
import type { Grade, ModelUse, Surroundings } from './grader.ts'
import type { Grader } from './graders.ts'
import { type GraderRunReply, graderRunRequest, graderValidateRequest, type tokenUsage } from './protocol.ts'
import { sampleOf } from './sample.ts'

/** The grader in the body of `/graders/run`. Throws what is wrong with the body. */
export function graderIn(body: unknown): Grader {
  return parseWith(graderRunRequest, body).grader
}

/** The answer to the body of `/graders/run`; `now` is in milliseconds. Throws what is wrong with the body. */
export async function answerRun(
  body: unknown,
  surroundings: Surroundings,
  now: () => number,
): Promise<GraderRunReply> {
  const { grader, model_sample, item, sample } = parseWith(graderRunRequest, body)
  const started = now()
  const found = await grade(grader, { sample: sampleOf(model_sample, sample), item }, surroundings)
  return runReply(grader, found, (now() - started) / 1000)
}

/** The grader of the body of `/graders/validate`, with all that was sent. Throws what is wrong with it. */
export function answerValidate(body: unknown): { grader: unknown } {
  const { grader } = parseWith(graderValidateRequest, body)
  const fault = findFault(grader)
  if (fault !== null) throw new PlumblineError('invalid_request', fault, { param: 'grader' })
  return { grader: typeof body === 'object' && body !== null && 'grader' in body ? body.grader : grader }
}

function runReply({ name, type }: Grader, found: Grade, seconds: number): GraderRunReply {
  const { reward, errors, details, uses, parts } = found
  const subRewards = Object.fromEntries(Object.entries(parts).map(([part, one]) => [part, one.reward]))
  const perModel = usagePerModel(uses)
  const totals = Object.values(perModel).map(({ total_tokens }) => total_tokens)
  return {
    reward,
    metadata: {
      name,
      type,
      errors,
      details,
      execution_time: seconds,
      scores: type === 'multi' ? subRewards : { [name]: reward },
      token_usage: totals.length === 0 ? null : totals.reduce((sum, one) => sum + one, 0),
      sampled_model_name: uses[0]?.model ?? null,
    },
    sub_rewards: subRewards,
    model_grader_token_usage_per_model: perModel,
  }
}

function usagePerModel(uses: readonly ModelUse[]): Record<string, z.infer<typeof tokenUsage>> {
  const models = new Map<string, z.infer<typeof tokenUsage>>()
  for (const { model, tokens } of uses) {
    const { prompt_tokens = 0, completion_tokens = 0, cached_tokens = 0 } = models.get(model) ?? {}
    models.set(model, {
      prompt_tokens: prompt_tokens + tokens.prompt,
      completion_tokens: completion_tokens + tokens.completion,
      cached_tokens: cached_tokens + tokens.cached,
      total_tokens: prompt_tokens + completion_tokens + tokens.prompt + tokens.completion,
    })
  }
  return Object.fromEntries(models)
}
