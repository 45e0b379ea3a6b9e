import type { ArmForm } from '../../../shared/rubric-arm/forms/form.ts'
import { SERVED_FORMS } from '../../../shared/rubric-arm/forms/forms.ts'
import { itemsOf, listItems } from '../../../shared/rubric-arm/items.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import type { KindName } from '../constraints/constraint.ts'
import { makeTwins, type Pair, type Task, type Twins } from '../constraints/pairs.ts'
import { TOPICS } from '../constraints/topics.ts'
import type { Sizes } from './sizes.ts'

/**
 * Kinds of constraints by what is known of them in training: an oracle's rubrics and judgments; its judgments for the judge,
 * and labels alone for the generator, which has to find out what a rubric of them says; or nothing. What a small model
 * takes longest to see, cases of letters and numbers of sentences, is left out.
 */
export const KINDS_OF = {
  taught: [
    'detectable_format:title',
    'detectable_content:number_placeholders',
    'detectable_format:multiple_sections',
  ],
  labelled: [
    'detectable_content:postscript',
    'detectable_format:number_bullet_lists',
    'detectable_format:number_highlighted_sections',
    'startend:quotation',
  ],
  new: ['keywords:existence', 'startend:end_checker', 'punctuation:no_comma'],
} as const satisfies Record<string, readonly KindName[]>
const SORTS = ['taught', 'labelled', 'new'] as const
const KIND_COUNT = Object.values(KINDS_OF).flat().length
const JUDGED_KINDS = [...KINDS_OF.taught, ...KINDS_OF.labelled]
/**
 * Of the judgments this share comes first, of two kinds and all of twins one after the other: a batch on one thing gets a
 * small model off chance in 250 judgments, where mixed batches left it there for 600. The rest are mixed, one of twins
 * always of a kind that is new by then.
 */
const FIRST_SHARE = 0.25
/** Of the labelled requests this share is of kinds that the generator was taught, lest it forgets them. */
const KNOWN_SHARE = 0.3
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

/** Lines of training files for `rubric_arm`. */
export type ConstraintData = {
  /** An oracle's judgments of the taught and of the labelled kinds, for the judge's warm-up. */
  judged: TrainingLine[]
  /** An oracle's rubrics of the taught kinds, for the generator's. */
  written: TrainingLine[]
  /** Labels alone, for RL. */
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
 * Pairs to train on, and held-out requests about other topics, as many of each kind. All come as twins, so that no response
 * is better but for a request.
 */
export async function constraintData(sizes: Sizes): Promise<ConstraintData> {
  const [seen, unseen] = [TOPICS.slice(HELD_OUT_TOPICS), TOPICS.slice(0, HELD_OUT_TOPICS)]
  const twinsOf = (requests: number, kinds: readonly KindName[], part: number, others = kinds) =>
    makeTwins({
      ...{ count: Math.round(requests / 2), kinds, others, seed: derivedSeed(SEED, part) },
      ...{ pairsEach: PAIRS_EACH.trained, topics: seen },
    })
  const random = seededRandom(derivedSeed(SEED, 1))
  const requests = Math.ceil(sizes.taughtJudgments / (2 * PAIRS_EACH.trained))
  const first = await twinsOf(FIRST_SHARE * requests, KINDS_OF.taught.slice(0, 2), 9)
  const then = await twinsOf(requests - 2 * first.length, KINDS_OF.labelled, 2, JUDGED_KINDS)
  const judged = [...first.flatMap((twins) => judgedLines([twins])), ...judgedLines(then)]
  const taught = await twinsOf(sizes.taughtRubrics, KINDS_OF.taught, 10)
  const known = Math.round(KNOWN_SHARE * sizes.trainedPrompts)
  const twins = [
    ...(await twinsOf(known, KINDS_OF.taught, 3)),
    ...(await twinsOf(sizes.trainedPrompts - known, KINDS_OF.labelled, 4)),
  ]
  const linesOf = (tasks: readonly Task[]) =>
    tasks.flatMap((task) => task.pairs.map((pair) => lineOf(task, pair, random() < 0.5)))
  const written = taught
    .flat()
    .flatMap((task) => linesOf([task]).map((line) => ({ ...line, rubric: oracleRubric(task) })))
  const heldOut: HeldOut[] = []
  for (const sort of SORTS) {
    for (const kind of KINDS_OF[sort]) {
      const twins = await makeTwins({
        ...{ count: Math.ceil(sizes.heldOutPrompts / KIND_COUNT), kinds: [kind], others: KINDS_OF[sort] },
        ...{ pairsEach: PAIRS_EACH.heldOut, topics: unseen, seed: derivedSeed(SEED, 5 + heldOut.length) },
      })
      heldOut.push(...twins.map(([task]) => ({ ...task, split: sort, kind, oracle: oracleRubric(task) })))
    }
  }
  return { judged, written, labelled: linesOf(twins.flat()), heldOut }
}

/**
 * An oracle's judgments: the first pair of all twins by both requests in both orders, then the second of all, and so on. By the
 * one request the one response is better and by the other the other, in a batch: what is left of its gradient is to
 * look at the rubric.
 */
function judgedLines(twins: readonly Twins[]): TrainingLine[] {
  return Array.from({ length: PAIRS_EACH.trained }, (_, index) =>
    twins.flat().flatMap((task) => {
      const pair = task.pairs[index]
      if (!pair) return []
      return [false, true].map((turned) => ({
        ...lineOf(task, pair, turned),
        ...{ rubric: oracleRubric(task), trajectory: oracleJudgment(turned) },
      }))
    }),
  ).flat()
}

function lineOf({ prompt }: Task, { chosen, rejected }: Pair, turned: boolean): TrainingLine {
  return turned
    ? { prompt, responses: [rejected, chosen], winner: 'second' }
    : { prompt, responses: [chosen, rejected], winner: 'first' }
}

/** The one constraint as an item, as the form has it. */
export function oracleRubric({ constraint: { item } }: Pick<Task, 'constraint'>): string {
  return listItems(itemsOf([{ id: 'c1', rule: 'hard_rule', title: `The response ${item}.` }]))
}

/** What a judge writes that sees what verifiers see; `turned` shows the rejected response first. */
export function oracleJudgment(turned: boolean): string {
  const better = turned ? 'B' : 'A'
  return `1 ${better}\nWinner: ${better}`
}

export const FORM: ArmForm = SERVED_FORMS.blind
