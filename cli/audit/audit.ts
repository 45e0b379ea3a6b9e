import type { ErrorCode } from '../../shared/protocol/error.ts'
import { type CacheMode, type PairJudgment, pairJudgment } from '../../shared/protocol/judgment.ts'
import { ask, doAll, idsOf, spentOn } from '../asking.ts'
import type { Service } from '../client.ts'
import type { Pair } from '../eval/task.ts'
import type { Finding } from '../finding.ts'

/** One pair to judge; `cache` is for repeats. */
export type Question = Pick<Pair, 'prompt' | 'responses'> & { model?: string; cache?: CacheMode }

/** A judgment, or the code of the refusal in its place. */
export type Answer = { judgment: PairJudgment; refused: null } | { judgment: null; refused: ErrorCode }

/** A labelled pair and what the judge said of it. */
export type Judged = { pair: Pair; answer: Answer }

/** What the sections of an audit work with. */
export type Audit = {
  /** Every pair of the file, judged once as it stands. */
  judged: Judged[]
  /** The first of them, on which the sections that judge more do so. */
  sample: Judged[]
  /** Judges further pairs. What the service's record knows costs nothing. */
  ask(questions: Question[]): Promise<Answer[]>
  /** What a judgment cost when it was made, whoever paid: its price, or its tokens where the entry has none. */
  costOf(answer: Answer): Promise<number>
  settings: {
    /** The author of responses whose judge is being audited. */
    self: string | null
    /** Repeats for stability. */
    repeats: number
    /** Model entries, the smaller first. */
    cascade: [string, string] | null
    /** The share of right answers that an abstention threshold is sought for. */
    target: number
  }
}

/** One topic of the report. `detail` is what a machine reads beside the findings. */
export type Section = {
  name: string
  run(audit: Audit): Promise<{ findings: Finding[]; detail?: unknown }>
}

/** What is asked of every pair alike, and how. `done` is told of each answer. */
export type Asking = {
  fields: Record<string, string | number>
  concurrency: number
  signal: AbortSignal
  done: () => void
}

/** Puts questions to the service, so many at once, in their order. A refusal of one pair is its answer. */
export function askAll(service: Service, questions: Question[], asking: Asking): Promise<Answer[]> {
  return doAll(questions, asking, async (question, signal): Promise<Answer> => {
    const body = { ...asking.fields, ...question }
    const { answer, refused } = await ask(service, '/v1/judgments', body, pairJudgment, signal)
    asking.done()
    return answer === null ? { judgment: null, refused } : { judgment: answer, refused: null }
  })
}

/** What a judgment cost when it was made: its price, or its tokens where the entry of its model has none. */
export async function costOf(service: Service, { judgment }: Answer, signal: AbortSignal): Promise<number> {
  if (judgment === null) return 0
  const spent = await spentOn(service, idsOf(judgment), judgment.usage, signal)
  return spent.cost ?? spent.prompt_tokens + spent.completion_tokens
}

/** The winner of an answer; null where there is none. */
export const winnerOf = (answer: Answer | undefined) => answer?.judgment?.winner ?? null

/** The better and the worse response of a pair; null where the label is a tie. */
export function byLabel({
  label,
  responses: [first, second],
}: Pair): { better: string; worse: string } | null {
  if (label === 'tie') return null
  return label === 'first' ? { better: first, worse: second } : { better: second, worse: first }
}

/** A share, with how many it rests on. */
export const shareOf = (name: string, hits: number, of: number, rest: Partial<Finding> = {}): Finding => ({
  name,
  value: of === 0 ? null : hits / of,
  unit: 'share',
  of,
  ...rest,
  ...(of === 0 && rest.note === undefined ? { note: 'no such case' } : {}),
})
