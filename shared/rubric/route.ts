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
import { CHOOSE_DOMAIN, NAME_DOMAIN, WRITE_DOMAIN } from './prompts/route.ts'
import type { RubricContext } from './task.ts'

/** A domain is taken where it is at least as probable as all others together; else the general meta-rubric is. */
export const LEAST_CONFIDENCE = 0.5

/** A prior under which a title may not fall, so that dividing by it stays finite. */
const LEAST_PRIOR = 1e-6

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
function routeBy(among: MetaRubric[], probabilities: number[]): Route {
  const general = generalOf(among)
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

/** The first general one stands for no domain; further ones are chosen like domains. */
const generalOf = (among: MetaRubric[]) => among.find((meta) => meta.extends === null)

/**
 * By the titles of the domains, which a small model tells apart better than digits; by digits where a server
 * does not show the probability of a title.
 */
async function chooseDomain(
  prompt: Message[],
  among: MetaRubric[],
  context: RubricContext,
): Promise<number[]> {
  try {
    return await chooseTitle(prompt, among, context)
  } catch (error) {
    if (!PlumblineError.isInstance(error) || error.code !== 'choice_not_observed') throw error
    return chooseLabel(prompt, among, context)
  }
}

/** A title that would be a likely reply to any text counts for less: each is divided by its probability without one. */
async function chooseTitle(
  prompt: Message[],
  among: MetaRubric[],
  { model, secret, memory, signal }: RubricContext,
): Promise<number[]> {
  const titles = labelsOf(among)
  const probabilitiesFor = async (text: string) => {
    const messages = fill(NAME_DOMAIN, { 'fenced:prompt': await fence(secret, 'prompt', text) })
    return (await model.choose(messages, titles, signal ? { signal } : {})).probabilities
  }
  const key = await memoryKey('prior', model, [NAME_DOMAIN, titles])
  const [observed, prior] = await Promise.all([
    probabilitiesFor(transcript(prompt)),
    memory.recall(key, () => probabilitiesFor(NEUTRAL)),
  ])
  const weights = observed.map((probability, index) => probability / Math.max(prior[index] ?? 0, LEAST_PRIOR))
  return shares(weights, 'choice_not_observed')
}

async function chooseLabel(
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
  const scale = labelsOf(among).map((meaning) => ({ meaning, value: 0 }))
  return weigh(model, memory, question, scale, signal)
}

/** What each meta-rubric is called before a model that picks: its title, or its name where two share a title. */
function labelsOf(among: MetaRubric[]): string[] {
  const general = generalOf(among)
  return among.map((meta) => {
    if (meta === general) return 'something else'
    return among.filter(({ title }) => title === meta.title).length > 1 ? meta.name : meta.title
  })
}

const domainReply = z.strictObject({
  domains: z.array(z.strictObject({ name: z.string(), probability: z.number().min(0).max(1) })).min(1),
})

async function writeDomain(
  prompt: Message[],
  among: MetaRubric[],
  { model, secret, signal }: RubricContext,
): Promise<number[]> {
  const messages = fill(WRITE_DOMAIN, {
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
  return shares(
    among.map(({ name }) => stated.get(name) ?? 0),
    'reply_invalid',
  )
}

/** The same numbers with the sum 1. Throws an error of this code where there is nothing to share. */
function shares(weights: number[], code: 'choice_not_observed' | 'reply_invalid'): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(total > 0 && Number.isFinite(total))) {
    throw new PlumblineError(code, 'The model gave none of the domains a probability.')
  }
  return weights.map((weight) => weight / total)
}
