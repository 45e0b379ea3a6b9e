import type { Message } from '../../../shared/protocol/message.ts'
import type { RubricInput } from '../../../shared/protocol/rubric.ts'

/** What a caller of a judge by name wants judged. */
export type Question = {
  prompt: Message[]
  /** One is scored by itself; several are compared. */
  responses: string[]
  /** What the caller calls them, where the text names them; the verdict is then said in these names. */
  labels: string[] | null
  reference: string | null
  rubric: RubricInput | null
  /**
   * What the text says outside the places of prompt, responses and reference: where it says in which form it wants the
   * verdict. Nothing that a response says is in it.
   */
  instructions: string
  /** The shape of the verdict that this way of asking stands for, unless the request gives one; null for most. */
  schema: Readonly<Record<string, unknown>> | null
}
