import type { Sampler } from '../../../gpu-worker/train/sampler.ts'
import { type Random, seededRandom } from '../../../shared/statistics/random.ts'
import { FORM, type HeldOut } from './data.ts'

/** An arm by the name of its folder; `untrained` has none. */
export type ArmName = string

/** By what a judge judges: rubrics of an arm's generator, or of nobody's. */
export type RubricSource = { of: ArmName } | 'shuffled' | 'empty' | 'oracle'

/** A judge with rubrics, measured on held-out pairs. `shuffled` are the rubrics of the judge's own arm, for other requests. */
export type Condition = {
  judge: ArmName
  rubrics: RubricSource
  /** The order in which the pairs are shown: drawn, the preferred first, or second. */
  shown: 'drawn' | 'preferred_first' | 'preferred_second'
  /** All held-out requests, or those of them for what is beside the point. */
  on: 'all' | 'aside'
}

/** What is measured, and what is held against what: a name, and the names of two conditions. */
export type Study = {
  conditions: readonly Condition[]
  differences: readonly (readonly [name: string, one: string, other: string])[]
  /** The arm whose positions and groups are looked at. */
  final: ArmName
}

export const UNTRAINED = 'untrained'

export const own = (arm: ArmName, on: Condition['on'] = 'all', shown: Condition['shown'] = 'drawn') => {
  return { judge: arm, rubrics: { of: arm }, shown, on } satisfies Condition
}

const sourceName = (source: RubricSource) => (typeof source === 'string' ? source : source.of)
export const nameOf = ({ judge, rubrics, shown }: Condition) => `${judge} by ${sourceName(rubrics)}, ${shown}`
export const drawnName = (judge: ArmName, rubrics: string = judge) => `${judge} by ${rubrics}, drawn`

/** A pair of a held-out request, in the order in which it is shown. */
export type Shown = { task: HeldOut; at: number; pair: number; turned: boolean }

/** The pairs of a condition; the same requests, pairs and drawn orders for all of them. */
export function pairsOf({ shown, on }: Condition, heldOut: readonly HeldOut[], aside: number): Shown[] {
  const random = seededRandom(77)
  const all = heldOut.flatMap((task, at) =>
    task.pairs.map((_, pair) => ({ task, at, pair, drawn: random() < 0.5 })),
  )
  // Of both splits, which follow each other, alike.
  const every = on === 'all' ? 1 : Math.max(1, Math.floor(heldOut.length / aside))
  return all
    .filter(({ at }) => at % every === 0)
    .map(({ drawn, ...one }) => ({
      ...one,
      turned: shown === 'drawn' ? drawn : shown === 'preferred_second',
    }))
}

/** The rubric of each request as text; null where the generator wrote none that can be read. */
export type Rubrics = readonly (string | null)[]

/** The requests for which rubrics of an arm's generator are wanted, by their place: an untrained one writes on and on. */
export function requestsFor(
  arm: ArmName,
  study: Study,
  heldOut: readonly HeldOut[],
  aside: number,
): Set<number> {
  const wanted = study.conditions.filter(({ judge, rubrics }) =>
    typeof rubrics === 'string' ? rubrics === 'shuffled' && judge === arm : rubrics.of === arm,
  )
  // Another request's may be any other's.
  if (wanted.some(({ rubrics }) => rubrics === 'shuffled')) return new Set(heldOut.keys())
  return new Set(wanted.flatMap((condition) => pairsOf(condition, heldOut, aside).map(({ at }) => at)))
}

/** What an arm's generator writes for the requests in these places, greedily; null for the others. */
export async function writeRubrics(
  sampler: Sampler,
  role: string | null,
  heldOut: readonly HeldOut[],
  wanted: ReadonlySet<number>,
  most: number,
): Promise<Rubrics> {
  const places = [...heldOut.keys()].filter((at) => wanted.has(at))
  const requests = await Promise.all(
    places
      .map((at) => heldOut[at]?.prompt ?? '')
      .map(async (prompt) => ({
        messages: await FORM.generatorMessages([{ role: 'user', content: prompt }], SECRET),
        ...{ role, count: 1, maxTokens: most, temperature: 0, seed: 0 },
      })),
  )
  const written = await sampler.sample(requests)
  const texts = new Map(
    places.map((at, index) => {
      const [sample] = written[index] ?? []
      const isRead = sample?.finish === 'stop' && FORM.readRubric(sample.text).criteria
      return [at, isRead ? sample.text : null] as const
    }),
  )
  return heldOut.map((_, at) => texts.get(at) ?? null)
}

/** Rubrics that nobody has to write, and those of others for the wrong request. */
export function givenRubrics(
  source: 'shuffled' | 'empty' | 'oracle',
  heldOut: readonly HeldOut[],
  own: Rubrics,
): Rubrics {
  if (source === 'oracle') return heldOut.map(({ oracle }) => oracle)
  if (source === 'empty') return heldOut.map(() => '')
  const random = seededRandom(78)
  return heldOut.map((_, at) => own[otherThan(at, own.length, random)] ?? null)
}

function otherThan(at: number, count: number, random: Random): number {
  return (at + 1 + Math.floor(random() * (count - 1))) % count
}

export const SECRET = 'held out'
