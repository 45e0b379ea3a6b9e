import type { PairJudgment } from '../protocol/judgment.ts'
import { type Message, type Prompt, toMessages } from '../protocol/message.ts'

/** A preference that both orders agree on. */
export type Preference = { prompt: Message[]; chosen: string; rejected: string }

/**
 * The order-consistent filter of Rubric-ARM's offline policy training (systems.md 1.5): the preference of a pair that
 * was judged in both orders, or null where the orders disagree, there is no winner, or one order alone was judged.
 */
export function preferenceOf(
  prompt: Prompt,
  [first, second]: [string, string],
  { winner, order_policy }: Pick<PairJudgment, 'winner' | 'order_policy'>,
): Preference | null {
  if (order_policy !== 'strict' || winner === null || winner === 'tie') return null
  const [chosen, rejected] = winner === 'first' ? [first, second] : [second, first]
  return { prompt: toMessages(prompt), chosen, rejected }
}
