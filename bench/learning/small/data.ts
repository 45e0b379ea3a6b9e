import type { ArmForm } from '../../../shared/rubric-arm/forms/form.ts'
import { SMALL_FORM } from '../../../shared/rubric-arm/forms/small.ts'
import { itemsOf, listItems } from '../../../shared/rubric-arm/items.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
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
    'detectable_content:number_placeholders',
    'detectable_content:postscript',
    'detectable_format:multiple_sections',
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
/**
 * Of the judgments this share comes first, of two kinds and all of a request one after the other: a batch on one thing
 * gets a small model off chance in 250 judgments, where mixed batches left it there for 600. The rest are mixed.
 */
const FIRST_SHARE = 0.4
/** Of the labelled requests this share is of kinds that the judge was taught: by its verdicts the generator learns. */
const KNOWN_SHARE = 0.75
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
  /** Lines of training files for `rubric_arm`: of the warm-up, and of RL. */
  taught: TrainingLine[]
  labelled: TrainingLine[]
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
 * Pairs to train on, with an oracle's rubrics and judgments of the taught kinds, and with labels alone; and held-out requests
 * about other topics, as many of each kind.
 */
export async function constraintData(sizes: Sizes): Promise<ConstraintData> {
  const [seen, unseen] = [TOPICS.slice(HELD_OUT_TOPICS), TOPICS.slice(0, HELD_OUT_TOPICS)]
  const tasksOf = (prompts: number, kinds: readonly KindName[], part: number) =>
    makeTasks({
      ...{ prompts, kinds, constraints: CONSTRAINTS, seed: derivedSeed(SEED, part) },
      ...{ pairsEach: PAIRS_EACH.trained, topics: seen },
    })
  const random = seededRandom(derivedSeed(SEED, 1))
  const judged = Math.ceil(sizes.taughtJudgments / (2 * PAIRS_EACH.trained))
  const first = await tasksOf(Math.round(FIRST_SHARE * judged), KINDS_OF.taught.slice(0, 2), 9)
  const then = await tasksOf(judged - first.length, KINDS_OF.taught, 2)
  const taught = [...first.flatMap((task) => judgedLines([task])), ...judgedLines(then)]
  const known = Math.round(KNOWN_SHARE * sizes.trainedPrompts)
  const tasks = [
    ...(await tasksOf(known, KINDS_OF.taught, 3)),
    ...(await tasksOf(sizes.trainedPrompts - known, KINDS_OF.labelled, 4)),
  ]
  const labelled = tasks.flatMap((task) => task.pairs.map((pair) => lineOf(task, pair, random() < 0.5)))
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
  return { taught, labelled, heldOut }
}

/** An oracle's judgments: the first pair of every request in both orders, then the second of every one, and so on. */
function judgedLines(tasks: readonly Task[]): TrainingLine[] {
  return Array.from({ length: PAIRS_EACH.trained }, (_, index) =>
    tasks.flatMap((task) => {
      const pair = task.pairs[index]
      if (!pair) return []
      return [false, true].map((turned) => ({
        ...lineOf(task, pair, turned),
        ...{ rubric: oracleRubric(task), trajectory: oracleJudgment(task, pair, turned) },
      }))
    }),
  ).flat()
}

function lineOf({ prompt }: Task, { chosen, rejected }: Pair, turned: boolean): TrainingLine {
  return turned
    ? { prompt, responses: [rejected, chosen], winner: 'second' }
    : { prompt, responses: [chosen, rejected], winner: 'first' }
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
