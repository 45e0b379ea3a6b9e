import { type Random, seededRandom } from '../../../shared/statistics/random.ts'
import type { VerifierSpec } from '../../../shared/verify/verifiers.ts'
import { verify } from '../../../shared/verify/verify.ts'
import { type Constraint, type Kind, type KindName, pick } from './constraint.ts'
import { type Draft, writeOut } from './draft.ts'
import { ENDINGS, FORM, PLACEHOLDERS, POSTSCRIPTS, TITLES } from './form.ts'
import { LENGTH } from './length.ts'
import { sentencesOf, shuffled } from './sentences.ts'
import { TOPICS, type Topic } from './topics.ts'
import { WORDS } from './words.ts'

export const KINDS: readonly Kind[] = [...WORDS, ...LENGTH, ...FORM]

/** A request with pairs of responses to it. */
export type Task = {
  prompt: string
  topic: string
  constraints: readonly { kind: KindName; item: string; verifier: VerifierSpec }[]
  pairs: readonly Pair[]
}

export type Pair = {
  /** Meets every constraint. */
  chosen: string
  /** Meets all but one. */
  rejected: string
  /** Index of that one. */
  violated: number
}

export type TaskOptions = {
  seed: number
  prompts: number
  pairsEach: number
  /** How many constraints a request has, one of these; one or two by default. */
  constraints?: readonly number[]
  topics?: readonly Topic[]
  /** Kinds that constraints are of. */
  kinds: readonly KindName[]
  /** Kinds of which the constraint is that the rejected responses violate; all of `kinds` by default. */
  violated?: readonly KindName[]
}

const OPENINGS = ['Write about', 'Tell me about', 'Say something about', 'Describe'] as const
/** How often a response has what nobody asked for and nobody ruled out. */
const EXTRA = 0.1
const ATTEMPTS = 200

/**
 * Requests with constraints, and pairs of which one response meets all of them and the other all but one, as
 * verifiers find. Beside that the two come from one draft: neither is better written, and both may have what the request
 * does not ask for. The same for the same seed.
 */
export async function makeTasks(options: TaskOptions): Promise<Task[]> {
  const random = seededRandom(options.seed)
  const tasks: Task[] = []
  const seen = new Set<string>()
  while (tasks.length < options.prompts) {
    const task = await makeTask(options, random)
    if (!task || seen.has(task.prompt)) continue
    seen.add(task.prompt)
    tasks.push(task)
  }
  return tasks
}

async function makeTask(options: TaskOptions, random: Random): Promise<Task | null> {
  const topic = pick(options.topics ?? TOPICS, random)
  const { kinds, violated = kinds, constraints: counts = [1, 1, 2] } = options
  const first = pick(violated, random)
  const names = [
    first,
    ...shuffled(
      kinds.filter((kind) => kind !== first),
      random,
    ),
  ]
  const chosen = compatible(names, pick(counts, random)).map((kind) => ({
    kind: kind.name,
    ...kind.draw(topic, random),
  }))
  const constraints = shuffled(chosen, random)
  const at = constraints.findIndex(({ kind }) => kind === first)
  const pairs: Pair[] = []
  for (let attempt = 0; attempt < ATTEMPTS && pairs.length < options.pairsEach; attempt++) {
    const pair = await makePair(constraints, at, topic, random)
    if (pair && pairs.every((one) => one.chosen !== pair.chosen)) pairs.push(pair)
  }
  if (pairs.length < options.pairsEach) return null
  const sentences = constraints.map(({ asked }) => asked)
  const prompt = `${pick(OPENINGS, random)} ${topic.name}. ${sentences.join(' ')}`
  return {
    prompt,
    topic: topic.name,
    constraints: constraints.map(({ kind, item, verifier }) => ({ kind, item, verifier })),
    pairs,
  }
}

/** The first of these kinds that go together, so many at the most. */
function compatible(names: readonly KindName[], most: number): Kind[] {
  const kinds: Kind[] = []
  for (const name of names) {
    const kind = KINDS.find((one) => one.name === name)
    const taken = new Set(kinds.flatMap(({ parts }) => parts))
    if (kind && kinds.length < most && kind.parts.every((part) => !taken.has(part))) kinds.push(kind)
  }
  return kinds
}

/** Null where the drafts do not come out as meant: one constraint got in the way of another. */
async function makePair(
  constraints: readonly Constraint[],
  violated: number,
  topic: Topic,
  random: Random,
): Promise<Pair | null> {
  const before = freeDraft(topic, random)
  const draft = (fails: number | null) =>
    constraints.reduce(
      (made, { keep, fail }, index) => (index === fails ? fail : keep)(made, topic, random),
      before,
    )
  const [chosen, rejected] = [writeOut(draft(null)), writeOut(draft(violated))]
  const met = await metBy(chosen, constraints)
  const failed = await metBy(rejected, constraints)
  const asMeant = met.every(Boolean) && failed.every((passed, index) => passed === (index !== violated))
  return asMeant && chosen !== rejected ? { chosen, rejected, violated } : null
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
