import { type Random, seededRandom } from '../../../shared/statistics/random.ts'
import { verify } from '../../../shared/verify/verify.ts'
import { type Constraint, type KindName, pick } from './constraint.ts'
import { type Draft, writeOut } from './draft.ts'
import { ENDINGS, PLACEHOLDERS, POSTSCRIPTS, TITLES } from './form.ts'
import { constraintOf, type Demand, demandOf, requestFor } from './requests.ts'
import { sentencesOf } from './sentences.ts'
import { TOPICS, type Topic } from './topics.ts'

/** A request with one constraint, and pairs of responses to it. */
export type Task = { prompt: string; topic: string; constraint: Demand; pairs: readonly Pair[] }

/** One response that meets the constraint, and one that does not. */
export type Pair = { chosen: string; rejected: string }

/** Two tasks with the same pairs, in which what the one wants the other's rejected responses have: each way round once. */
export type Twins = readonly [Task, Task]

export type TwinOptions = {
  seed: number
  count: number
  pairsEach: number
  topics?: readonly Topic[]
  /** Kinds that the first task's constraint is of. */
  kinds: readonly KindName[]
  /** Kinds that the second one's is of; the same by default. */
  others?: readonly KindName[]
}

/** How often a response has what nobody asked for and nobody ruled out. */
const EXTRA = 0.1
const ATTEMPTS = 200

/**
 * Pairs of requests about one topic that want different things, and pairs of responses that serve both: of each response
 * pair one meets the first constraint alone and the other the second alone, as verifiers find. Beside that the two come
 * from one draft, so that neither is better written: which is better only the request tells, or a rubric of it. The same
 * for the same seed.
 */
export async function makeTwins(options: TwinOptions): Promise<Twins[]> {
  const random = seededRandom(options.seed)
  const made: Twins[] = []
  const seen = new Set<string>()
  while (made.length < options.count) {
    const twins = await makeTwin(options, random)
    if (!twins || twins.some(({ prompt }) => seen.has(prompt))) continue
    for (const { prompt } of twins) seen.add(prompt)
    made.push(twins)
  }
  return made
}

async function makeTwin(options: TwinOptions, random: Random): Promise<Twins | null> {
  const topic = pick(options.topics ?? TOPICS, random)
  const { kinds, others = kinds } = options
  const one = constraintOf(pick(kinds, random), topic, random)
  const other = constraintOf(pick(others, random), topic, random)
  const pairs: Pair[] = []
  for (let attempt = 0; attempt < ATTEMPTS && pairs.length < options.pairsEach; attempt++) {
    const pair = await makePair(one, other, topic, random)
    if (pair && pairs.every(({ chosen }) => chosen !== pair.chosen)) pairs.push(pair)
  }
  if (pairs.length < options.pairsEach) return null
  const taskOf = (constraint: Constraint, pairs: readonly Pair[]): Task => ({
    prompt: requestFor(topic, [constraint], random),
    topic: topic.name,
    constraint: demandOf(constraint),
    pairs,
  })
  const turned = pairs.map(({ chosen, rejected }) => ({ chosen: rejected, rejected: chosen }))
  return [taskOf(one, pairs), taskOf(other, turned)]
}

/** Null where the drafts do not come out as meant: what one has the other has too, or the constraints are the same. */
async function makePair(
  one: Constraint,
  other: Constraint,
  topic: Topic,
  random: Random,
): Promise<Pair | null> {
  const draft = freeDraft(topic, random)
  const written = (constraint: Constraint) => writeOut(constraint.keep(draft, topic, random))
  const [chosen, rejected] = [written(one), written(other)]
  const met = await Promise.all([chosen, rejected].map((response) => metBy(response, [one, other])))
  const asMeant = met.every((of, response) => of.every((passed, index) => passed === (index === response)))
  return asMeant ? { chosen, rejected } : null
}

async function metBy(response: string, constraints: readonly Constraint[]): Promise<boolean[]> {
  const results = await verify(
    constraints.map(({ verifier }) => verifier),
    { prompt: '', response },
  )
  return results.map(({ passed }) => passed === true)
}

/** A response before any constraint. */
function freeDraft(topic: Topic, random: Random): Draft {
  const extra = <T>(values: readonly T[]) => (random() < EXTRA ? pick(values, random) : null)
  const sentences = sentencesOf(topic.sentences, pick([1, 1, 1, 2], random), random)
  const ending = extra(ENDINGS)
  return {
    sentences: sentences.map(({ body }, at) => ({
      opener: at === 0 ? (random() < 0.5 ? pick(topic.openers, random) : null) : null,
      body,
    })),
    commas: random() < 0.5,
    letters: extra(['lower'] as const) ?? 'usual',
    bullets: sentences.length === 1 && random() < EXTRA,
    section: random() < EXTRA,
    title: extra(TITLES),
    ending,
    postscript: ending === null ? extra(POSTSCRIPTS) : null,
    highlighted: random() < EXTRA,
    placeholder: extra(PLACEHOLDERS),
    quoted: random() < EXTRA,
  }
}
