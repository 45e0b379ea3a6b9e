import { type Random, seededRandom } from '../../../shared/statistics/random.ts'
import type { VerifierSpec } from '../../../shared/verify/verifiers.ts'
import { type Constraint, type Kind, type KindName, pick } from './constraint.ts'
import { FORM } from './form.ts'
import { LENGTH } from './length.ts'
import { shuffled } from './sentences.ts'
import { TOPICS, type Topic } from './topics.ts'
import { WORDS } from './words.ts'

const KINDS: readonly Kind[] = [...WORDS, ...LENGTH, ...FORM]
const OPENINGS = ['Write about', 'Tell me about', 'Say something about', 'Describe'] as const

/** What a request demands. */
export type Demand = { kind: KindName; item: string; verifier: VerifierSpec }

export type Request = { prompt: string; constraints: readonly Demand[] }

/** Requests for short texts under one or two constraints of some kinds. The same for the same seed. */
export function makeRequests(options: {
  seed: number
  count: number
  kinds: readonly KindName[]
}): Request[] {
  const random = seededRandom(options.seed)
  const made = new Map<string, Request>()
  while (made.size < options.count) {
    const topic = pick(TOPICS, random)
    const names = shuffled(options.kinds, random)
    const constraints = compatible(names, pick([1, 1, 2], random)).map((kind) => draw(kind, topic, random))
    const prompt = requestFor(topic, constraints, random)
    made.set(prompt, { prompt, constraints: constraints.map(demandOf) })
  }
  return [...made.values()]
}

export function requestFor(topic: Topic, constraints: readonly Constraint[], random: Random): string {
  return `${pick(OPENINGS, random)} ${topic.name}. ${constraints.map(({ asked }) => asked).join(' ')}`
}

export const demandOf = ({ kind, item, verifier }: Constraint): Demand => ({ kind, item, verifier })

export function constraintOf(name: KindName, topic: Topic, random: Random): Constraint {
  return draw(kindOf(name), topic, random)
}

const draw = (kind: Kind, topic: Topic, random: Random): Constraint => ({
  kind: kind.name,
  ...kind.draw(topic, random),
})

function kindOf(name: KindName): Kind {
  const kind = KINDS.find((one) => one.name === name)
  if (!kind) throw new RangeError(`there is no kind ${name}`)
  return kind
}

/** The first of these kinds that go together, so many at the most. */
function compatible(names: readonly KindName[], most: number): Kind[] {
  const kinds: Kind[] = []
  for (const kind of names.map(kindOf)) {
    const taken = new Set(kinds.flatMap(({ parts }) => parts))
    if (kinds.length < most && kind.parts.every((part) => !taken.has(part))) kinds.push(kind)
  }
  return kinds
}
