import type { Message } from '../../protocol/message.ts'
import type { Opinion } from '../../protocol/opinion.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import type { ReadRubric } from '../rubric-text.ts'

/** A pair in the order in which a judge is shown it, A first, and the rubric that it judges by. */
export type ShownPair = {
  prompt: Message[]
  shown: [string, string]
  reference: string | null
  criteria: Criterion[]
}

/** How Rubric-ARM's two models are asked, and how what they write is read: the same in training and in service. */
export type ArmForm = {
  /** What the generator is told of a prompt; it sees nothing else. */
  generatorMessages(prompt: Message[], secret: string): Promise<Message[]>
  judgeMessages(pair: ShownPair, secret: string): Promise<Message[]>
  /** A generator's text, read strictly. */
  readRubric(text: string): ReadRubric
  /** The response that a judge's text names, `first` being A; null where it names none. */
  winner(text: string): 'first' | 'second' | null
  /** R_fmt: 1 for a judge's text in its form over these criteria, else 0 with what is wrong, a sentence each. */
  formatReward(text: string, criteria: Criterion[]): { reward: 0 | 1; faults: string[] }
}

/** What a judge's text says, `first` being A; `fault` is a sentence that says what keeps it from being read. */
export type ReadJudgment =
  | {
      judgment: { winner: 'first' | 'second' } & Pick<Opinion, 'reason' | 'gatekeeper' | 'analysis'>
      fault: null
    }
  | { judgment: null; fault: string }

/** A form in which the service judges. */
export type ServedForm = ArmForm & {
  /** A judge's text, read as far as it has its form; without a winner it is none. */
  readJudgment(text: string, criteria: Criterion[]): ReadJudgment
  /** What a teacher is told beside the judge's messages, which say all of the form only to who was trained in it. */
  explained: string | null
  /** The most that replies may have. */
  replyTokens: { rubric: number; judge(items: number): number }
}
