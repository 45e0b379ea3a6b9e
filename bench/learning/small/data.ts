import type { ArmForm } from '../../../shared/rubric-arm/forms/form.ts'
import { SMALL_FORM } from '../../../shared/rubric-arm/forms/small.ts'
import { itemsOf, listItems } from '../../../shared/rubric-arm/items.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { type Random, seededRandom } from '../../../shared/statistics/random.ts'
import type { KindName } from '../constraints/constraint.ts'
import { makeTasks, type Pair, type Task } from '../constraints/pairs.ts'
import { TOPICS } from '../constraints/topics.ts'
import type { Sizes } from './sizes.ts'

/**
 * Kinds of constraints by what is known of them in training: a teacher's judgments for the warm-up, labels alone for RL,
 * or nothing. What a small model takes longest to see, cases of letters and numbers of sentences, is left out.
 */
export const KINDS_OF = {
  taught: [
    'detectable_format:title',
    'detectable_format:multiple_sections',
    'detectable_content:number_placeholders',
    'detectable_content:postscript',
  ],
  labelled: [
    'keywords:existence',
    'startend:end_checker',
    'detectable_format:number_bullet_lists',
    'punctuation:no_comma',
  ],
  new: ['detectable_format:number_highlighted_sections', 'startend:quotation'],
} as const satisfies Record<string, readonly KindName[]>
const SORTS = ['taught', 'labelled', 'new'] as const
const KIND_COUNT = Object.values(KINDS_OF).flat().length
/** A constraint of each request: of several, a model so small would see none. */
const CONSTRAINTS = [1]
/** Topics of held-out requests, which no trained one is about. */
const HELD_OUT_TOPICS = 8

/** Data's seed: the same for all seeds of training, so that all are held against the same pairs. */
const SEED = 2601
const PAIRS_EACH = { trained: 4, heldOut: 5 }

/** A held-out request with pairs, and the split that it counts to. */
export type HeldOut = {
  prompt: string
  pairs: readonly Pick<Pair, 'chosen' | 'rejected'>[]
  split: string
  /** Of the constraint that tells its pairs apart; null where there is none. */
  kind: string | null
  /** An oracle's rubric, where there is one. */
  oracle: string | null
}

export type ConstraintData = {
  /** Lines of a training file for `rubric_arm`. */
  lines: TrainingLine[]
  heldOut: HeldOut[]
}

export type TrainingLine = {
  prompt: string
  responses: [string, string]
  winner: 'first' | 'second'
  rubric?: string
  trajectory?: string
}

/**
 * Labelled pairs to train on: with an oracle's rubric and judgments of the taught kinds, with its rubric of the others, and
 * with labels alone. The held-out requests are about other topics, as many of each kind.
 */
export async function constraintData(sizes: Sizes): Promise<ConstraintData> {
  const [seen, unseen] = [TOPICS.slice(HELD_OUT_TOPICS), TOPICS.slice(0, HELD_OUT_TOPICS)]
  const tasksOf = (prompts: number, kinds: readonly KindName[], part: number) =>
    makeTasks({
      ...{ prompts, kinds, constraints: CONSTRAINTS, seed: derivedSeed(SEED, part) },
      ...{ pairsEach: PAIRS_EACH.trained, topics: seen },
    })
  const random = seededRandom(derivedSeed(SEED, 1))
  const judged = await tasksOf(Math.ceil(sizes.taughtJudgments / PAIRS_EACH.trained), KINDS_OF.taught, 2)
  const written = await tasksOf(sizes.taughtRubrics, KINDS_OF.labelled, 3)
  const labelled = await tasksOf(sizes.trainedPrompts, [...KINDS_OF.taught, ...KINDS_OF.labelled], 4)
  const lines = [
    ...judged.flatMap((task) => linesOf(task, 'judgments', random)),
    ...written.flatMap((task) => linesOf(task, 'rubric', random)),
    ...labelled.flatMap((task) => linesOf(task, 'labels', random)),
  ]
  const heldOut: HeldOut[] = []
  for (const sort of SORTS) {
    for (const kind of KINDS_OF[sort]) {
      const tasks = await makeTasks({
        ...{ prompts: Math.ceil(sizes.heldOutPrompts / KIND_COUNT), kinds: [kind], constraints: CONSTRAINTS },
        ...{ pairsEach: PAIRS_EACH.heldOut, topics: unseen, seed: derivedSeed(SEED, 5 + heldOut.length) },
      })
      heldOut.push(...tasks.map((task) => ({ ...task, split: sort, kind, oracle: oracleRubric(task) })))
    }
  }
  return { lines, heldOut }
}

/** The labelled pairs of a request, and what an oracle wrote of them: judgments by its rubric, the rubric once, or nothing. */
function linesOf(task: Task, given: 'judgments' | 'rubric' | 'labels', random: Random): TrainingLine[] {
  const rubric = oracleRubric(task)
  return task.pairs.map((pair, index) => {
    const turned = random() < 0.5
    const responses: [string, string] = turned ? [pair.rejected, pair.chosen] : [pair.chosen, pair.rejected]
    const line = { prompt: task.prompt, responses, winner: turned ? ('second' as const) : ('first' as const) }
    if (given === 'judgments') return { ...line, rubric, trajectory: oracleJudgment(task, pair, turned) }
    return given === 'rubric' && index === 0 ? { ...line, rubric } : line
  })
}

/** One item for each constraint, as the small form has it. */
export function oracleRubric({ constraints }: Pick<Task, 'constraints'>): string {
  const criteria = constraints.map(({ item }, index) => {
    return { id: `c${index + 1}`, rule: 'hard_rule' as const, title: `The response ${item}.` }
  })
  return listItems(itemsOf(criteria))
}

/** What a judge writes that sees what verifiers see; `turned` shows the rejected response first. */
export function oracleJudgment(
  { constraints }: Pick<Task, 'constraints'>,
  { violated }: Pair,
  turned: boolean,
): string {
  const better = turned ? 'B' : 'A'
  const marks = constraints.map((_, index) => `${index + 1} ${index === violated ? better : 'both'}`)
  return [...marks, `Winner: ${better}`].join('\n')
}

export const FORM: ArmForm = SMALL_FORM
