import type { Message } from '../../../shared/protocol/message.ts'
import type { Criterion } from '../../../shared/protocol/rubric.ts'
import type { LabelledPair } from '../../../shared/protocol/training/rubric-arm.ts'
import type { ArmForm } from '../../../shared/rubric-arm/forms/form.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import type { SampleRequest, Sampler } from '../sampler.ts'
import { namedBy, share, turnedBy } from './arm.ts'

export type EvaluationOptions = {
  form: ArmForm
  /** Whose adapter answers; null is the base model. */
  role: string | null
  maxTokens: number
  /** Of the orders in which pairs are shown. */
  seed: number
}

export type JudgedPairs = {
  /** Of each pair, whether its winner was named; null where it had no rubric or nobody was named. */
  right: (boolean | null)[]
  /** Of the pairs with a verdict; null without any. */
  accuracy: number | null
  nulls: number
  /** The share of verdicts that name the response shown first: half of them should. */
  first: number | null
}

const SECRET = 'rubric-arm in evaluation'
/** Requests of one call: a signal is heard between them. */
const TOGETHER = 256

/**
 * Pairs judged greedily by a rubric each, whoever wrote it: [] is an empty one, null none at all. Orders are drawn by the
 * seed and the place in the list, so that other rubrics are judged by in the same ones.
 */
export async function judgePairs(
  sampler: Pick<Sampler, 'sample'>,
  pairs: readonly LabelledPair[],
  rubrics: readonly (Criterion[] | null)[],
  { form, role, maxTokens, seed }: EvaluationOptions,
  signal?: AbortSignal,
): Promise<JudgedPairs> {
  const turned = pairs.map((pair, index) => turnedBy(derivedSeed(seed, index), pair))
  const asked = pairs.flatMap(({ prompt }, index) => {
    const [criteria, shown] = [rubrics[index], turned[index]?.shown]
    return criteria && shown ? [{ index, task: { prompt, shown, reference: null, criteria } }] : []
  })
  const messages = await Promise.all(asked.map(({ task }) => form.judgeMessages(task, SECRET)))
  const judgments = await greedily(sampler, messages, { role, maxTokens }, signal)
  const named = pairs.map((): 'first' | 'second' | null => null)
  for (const [at, { index }] of asked.entries()) {
    const judgment = judgments[at]
    named[index] = judgment ? namedBy(form, judgment) : null
  }
  const right = named.map((name, index) => (name === null ? null : name === turned[index]?.winner))
  const known = right.filter((hit) => hit !== null)
  return {
    right,
    accuracy: share(known),
    nulls: right.length - known.length,
    first: share(named.flatMap((name) => (name === null ? [] : name === 'first'))),
  }
}

/** A rubric of each prompt, written greedily; null where it can't be read. */
export async function writeRubrics(
  sampler: Pick<Sampler, 'sample'>,
  prompts: readonly Message[][],
  { form, role, maxTokens }: Omit<EvaluationOptions, 'seed'>,
  signal?: AbortSignal,
): Promise<(Criterion[] | null)[]> {
  const messages = await Promise.all(prompts.map((prompt) => form.generatorMessages(prompt, SECRET)))
  const written = await greedily(sampler, messages, { role, maxTokens }, signal)
  return written.map(({ text, finish }) => (finish === 'length' ? null : form.readRubric(text).criteria))
}

async function greedily(
  sampler: Pick<Sampler, 'sample'>,
  messages: readonly Message[][],
  how: Pick<SampleRequest, 'role' | 'maxTokens'>,
  signal?: AbortSignal,
) {
  const requests = messages.map((messages) => ({ ...how, messages, count: 1, temperature: 0, seed: 0 }))
  const written = []
  for (let from = 0; from < requests.length; from += TOGETHER) {
    written.push(...(await sampler.sample(requests.slice(from, from + TOGETHER), signal)).flat())
  }
  return written
}
