import type { Message } from '../protocol/message.ts'
import type { Criterion } from '../protocol/rubric.ts'
import type { LabelledPair, Trajectory } from '../protocol/training/rubric-arm.ts'
import type { ArmForm } from './forms/form.ts'

/** A pair that a teacher wrote something about. */
export type TaughtPair = Pick<LabelledPair, 'prompt' | 'responses' | 'winner'> & { trajectory: Trajectory }

/** Judgments and rubrics that nobody should learn. */
export type Dropped = { judge: number; generator: number }

/** Conversations of supervised warm-up; the last message of each is what is learnt. */
export type WarmUp = { judge: Message[][]; generator: Message[][]; dropped: Dropped }

/** A rubric is kept that is right about at least this share of its judgments (OpenRubrics, systems.md 1.9). */
export const CONSISTENCY = 0.5

type Rubric = { criteria: Criterion[] | null; right: boolean[] }

/**
 * OpenRubrics' consistency filter (systems.md 1.9). A rubric stays that can be read and by which at least `consistency`
 * of the judgments name the label's winner, or which nobody judged by; of a pair with such a rubric the judgment stays
 * that names the winner itself and is in its form, else its text is null. What was filtered once passes again as it is.
 */
export function consistent<P extends TaughtPair>(
  taught: readonly P[],
  form: ArmForm,
  consistency = CONSISTENCY,
): { pairs: P[]; dropped: Dropped } {
  const rubrics = new Map<string, Rubric>()
  const rubricOf = ({ prompt, trajectory: { rubric } }: P): Rubric => {
    const key = JSON.stringify([prompt, rubric])
    const known = rubrics.get(key) ?? { criteria: form.readRubric(rubric).criteria, right: [] }
    rubrics.set(key, known)
    return known
  }
  for (const pair of taught) {
    const { criteria, right } = rubricOf(pair)
    if (criteria !== null && pair.trajectory.text !== null) right.push(isRight(pair, form))
  }
  const holds = ({ criteria, right }: Rubric) =>
    criteria !== null && right.filter(Boolean).length >= consistency * right.length
  const pairs = taught.flatMap((pair) => {
    const rubric = rubricOf(pair)
    if (!holds(rubric)) return []
    const { text } = pair.trajectory
    const inForm = text !== null && form.formatReward(text, rubric.criteria ?? []).reward === 1
    const learnt = inForm && isRight(pair, form)
    return { ...pair, trajectory: { ...pair.trajectory, text: learnt ? text : null } }
  })
  const judged = (of: readonly P[]) => of.filter(({ trajectory }) => trajectory.text !== null).length
  return {
    pairs,
    dropped: {
      judge: judged(taught) - judged(pairs),
      generator: [...rubrics.values()].filter((rubric) => !holds(rubric)).length,
    },
  }
}

/**
 * What the two models are warmed up on (Rubric-ARM's stage I, systems.md 1.2): the judgments and, once each, the rubrics
 * that the filter leaves.
 */
export async function warmUpConversations(
  taught: readonly TaughtPair[],
  form: ArmForm,
  secret: string,
  consistency = CONSISTENCY,
): Promise<WarmUp> {
  const { pairs, dropped } = consistent(taught, form, consistency)
  const judge: Message[][] = []
  const rubrics = new Map<string, Message[]>()
  for (const { prompt, responses, trajectory } of pairs) {
    const { rubric, text, order } = trajectory
    const key = JSON.stringify([prompt, rubric])
    if (!rubrics.has(key)) {
      const asked = await form.generatorMessages(prompt, secret)
      rubrics.set(key, [...asked, { role: 'assistant', content: rubric }])
    }
    if (text === null) continue
    const [first, second] = responses
    const shown: [string, string] = order === 'backward' ? [second, first] : [first, second]
    const criteria = form.readRubric(rubric).criteria ?? []
    const asked = await form.judgeMessages({ prompt, shown, reference: null, criteria }, secret)
    judge.push([...asked, { role: 'assistant', content: text }])
  }
  return { judge, generator: [...rubrics.values()], dropped }
}

/** Whether a judgment names the label's winner. */
function isRight({ winner, trajectory: { text, order } }: TaughtPair, form: ArmForm): boolean {
  const named = form.winner(text ?? '')
  return named !== null && (named === winner) !== (order === 'backward')
}
