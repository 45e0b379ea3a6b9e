import type { Message } from '../protocol/message.ts'
import type { LabelledPair, Trajectory } from '../protocol/training/rubric-arm.ts'
import type { ArmForm } from './forms/form.ts'

/** A pair that a teacher wrote something about. */
export type TaughtPair = Pick<LabelledPair, 'prompt' | 'responses' | 'winner'> & { trajectory: Trajectory }

/** Conversations of supervised warm-up; the last message of each is what is learnt. */
export type WarmUp = {
  judge: Message[][]
  generator: Message[][]
  /** Judgments and rubrics that nobody should learn. */
  dropped: { judge: number; generator: number }
}

/** A rubric is kept that is right about at least this share of its trajectories (OpenRubrics, systems.md 1.9). */
const RIGHT_ENOUGH = 0.5

/**
 * What the two models are warmed up on (Rubric-ARM's stage I, systems.md 1.2): judgments in their form that name the
 * label's winner, and, once each, rubrics in their form by which at least half of the judgments do, or which nobody
 * judged by.
 */
export async function warmUpConversations(
  taught: readonly TaughtPair[],
  form: ArmForm,
  secret: string,
): Promise<WarmUp> {
  const judge: Message[][] = []
  const rubrics = new Map<string, { prompt: Message[]; rubric: string; right: boolean[] }>()
  const unread = new Set<string>()
  for (const { prompt, responses, winner, trajectory } of taught) {
    const { rubric, text, order } = trajectory
    const key = JSON.stringify([prompt, rubric])
    const { criteria } = form.readRubric(rubric)
    if (criteria === null) {
      unread.add(key)
      continue
    }
    const known = rubrics.get(key) ?? { prompt, rubric, right: [] }
    rubrics.set(key, known)
    if (text === null) continue
    const turned = order === 'backward'
    const named = form.winner(text)
    const right = named !== null && (named === winner) !== turned
    known.right.push(right)
    if (!right || form.formatReward(text, criteria).reward === 0) continue
    const [first, second] = responses
    const shown: [string, string] = turned ? [second, first] : [first, second]
    const asked = await form.judgeMessages({ prompt, shown, reference: null, criteria }, secret)
    judge.push([...asked, { role: 'assistant', content: text }])
  }
  const kept = [...rubrics.values()].filter(
    ({ right }) => right.filter(Boolean).length >= RIGHT_ENOUGH * right.length,
  )
  const generator = await Promise.all(
    kept.map(
      async ({ prompt, rubric }): Promise<Message[]> => [
        ...(await form.generatorMessages(prompt, secret)),
        { role: 'assistant', content: rubric },
      ],
    ),
  )
  const judged = taught.filter(({ trajectory }) => trajectory.text !== null).length
  return {
    judge,
    generator,
    dropped: { judge: judged - judge.length, generator: rubrics.size + unread.size - kept.length },
  }
}
