import * as z from 'zod'
import { seedOf } from '../identity/seed.ts'
import { fence } from '../model/fence.ts'
import { memoryKey } from '../model/memory.ts'
import { fill } from '../model/prompt.ts'
import { ask } from '../model/reply.ts'
import { NEUTRAL } from '../model/shown.ts'
import { transcript } from '../model/transcript.ts'
import { weigh } from '../model/weigh.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Route } from '../protocol/judgment.ts'
import type { Message } from '../protocol/message.ts'
import type { Instantiation } from '../protocol/model-entry.ts'
import type { MetaRubric } from '../protocol/rubric.ts'
import { nameOf } from './name.ts'
import { CHOOSE_DOMAIN, DOMAIN } from './prompts/choose-domain.ts'
import type { RubricContext } from './task.ts'

/** A domain that is less probable than this is not taken: the general meta-rubric is. */
export const LEAST_CONFIDENCE = 0.4

/** Gives each meta-rubric the probability that the prompt belongs to it. Throws `PlumblineError` when the model fails. */
type Router = (prompt: Message[], among: MetaRubric[], context: RubricContext) => Promise<number[]>

const ROUTERS: Record<Instantiation, Router> = { generate: writeDomain, select: chooseDomain }

/**
 * Which meta-rubric a prompt is judged by, as the model sees it, asked once for a prompt and model. `confidence`
 * is the probability of the first of the ranking, in [0, 1]; below `LEAST_CONFIDENCE` the general layer is taken.
 * `among` holds the general meta-rubric too, which stands for "none of the others". Our own: the published
 * code picks a domain by the name of its file (OpenRS, systems.md 3.3).
 */
export async function routeDomain(
  prompt: Message[],
  among: MetaRubric[],
  context: RubricContext,
): Promise<Route> {
  const key = await memoryKey('route', context.model, { prompt, among: among.map(({ id }) => id) })
  return context.memory.recall(key, async () => {
    const probabilities = await ROUTERS[context.model.instantiate](prompt, among, context)
    return routeBy(among, probabilities)
  })
}

/** The route that a probability for each meta-rubric gives. */
export function routeBy(among: MetaRubric[], probabilities: number[]): Route {
  const general = among.find(isGeneral)
  const ranked = among
    .map((meta, index) => ({ meta, probability: probabilities[index] ?? 0 }))
    .toSorted((a, b) => b.probability - a.probability)
  const [first] = ranked
  if (!first) throw new Error('There is no meta-rubric to route to.')
  const taken = first.probability < LEAST_CONFIDENCE && general ? general : first.meta
  return {
    meta_rubric: nameOf(taken),
    confidence: first.probability,
    ranking: ranked.map(({ meta, probability }) => ({ name: nameOf(meta), probability })),
  }
}

const isGeneral = (meta: MetaRubric) => meta.extends === null

async function chooseDomain(
  prompt: Message[],
  among: MetaRubric[],
  { model, secret, memory, signal }: RubricContext,
): Promise<number[]> {
  const shown = { 'fenced:prompt': await fence(secret, 'prompt', transcript(prompt)) }
  const neutral = { 'fenced:prompt': await fence(secret, 'prompt', NEUTRAL) }
  const question = {
    ask: (scale: string) => fill(CHOOSE_DOMAIN, { ...shown, scale }),
    neutral: (scale: string) => fill(CHOOSE_DOMAIN, { ...neutral, scale }),
  }
  const scale = among.map((meta) => ({ meaning: isGeneral(meta) ? 'something else' : meta.title, value: 0 }))
  return weigh(model, memory, question, scale, signal)
}

const domainReply = z.strictObject({
  domains: z.array(z.strictObject({ name: z.string(), probability: z.number().min(0).max(1) })).min(1),
})

async function writeDomain(
  prompt: Message[],
  among: MetaRubric[],
  { model, secret, signal }: RubricContext,
): Promise<number[]> {
  const messages = fill(DOMAIN, {
    'fenced:prompt': await fence(secret, 'prompt', transcript(prompt)),
    domains: among.map(({ name, title, description }) => `- ${name}: ${title}. ${description}`).join('\n'),
  })
  const { domains } = await ask(model, messages, {
    name: 'domain',
    schema: domainReply,
    temperature: 0,
    seed: await seedOf(prompt),
    ...(signal ? { signal } : {}),
  })
  const stated = new Map(domains.map(({ name, probability }) => [name, probability]))
  const unknown = domains.find(({ name }) => !among.some((meta) => meta.name === name))
  if (unknown || stated.size < domains.length) {
    const fault = unknown ? `names the unknown domain '${unknown.name}'` : 'names a domain twice'
    throw new PlumblineError('reply_invalid', `The judge's domain reply ${fault}.`)
  }
  const given = among.map(({ name }) => stated.get(name) ?? 0)
  const total = given.reduce((sum, probability) => sum + probability, 0)
  if (total === 0) {
    throw new PlumblineError('reply_invalid', "The judge's domain reply gives no domain a probability.")
  }
  return given.map((probability) => probability / total)
}
