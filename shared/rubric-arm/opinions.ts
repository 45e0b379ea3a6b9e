import type { ComparisonContext, ComparisonTask } from '../judge/pair/comparer.ts'
import { weighOpinion } from '../judge/pair/opinion.ts'
import type { Pass } from '../judge/pair/way.ts'
import { fence } from '../model/fence.ts'
import { fill } from '../model/prompt.ts'
import { NEUTRAL, showPair, showReference } from '../model/shown.ts'
import { withoutThoughts } from '../model/thoughts.ts'
import { transcript } from '../model/transcript.ts'
import type { Scale } from '../model/weigh.ts'
import type { ErrorCode } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { VerdictMethod } from '../protocol/model-entry.ts'
import { itemsOf, listItems } from './items.ts'
import { CHOOSE_WINNER } from './prompts/choose-winner.ts'
import { ARM_JUDGE } from './prompts/judge.ts'
import { readTrajectory } from './trajectory.ts'

/** The winner's verdict: there is no tie and no strength (systems.md 1.8), so it is the largest. */
const WIN = 2
/** Tokens of a judge's reply (systems.md 1.3), and for each criterion of a long rubric. */
const REPLY_TOKENS = 4096
const TOKENS_A_CRITERION = 512
/** Characters that are kept of a reply that could not be read. */
const RAW_CHARACTERS = 4000

/** A pair in one order by Rubric-ARM's judge (systems.md 1.4), by what the model can do. */
export const ARM_OPINIONS: Record<
  VerdictMethod,
  (task: ComparisonTask, context: ComparisonContext) => Promise<Pass>
> = { generate: writeOpinion, choose: chooseOpinion }

/** A pair in the order in which it is shown, and the rubric. */
type Shown = Pick<ComparisonTask, 'prompt' | 'shown' | 'reference' | 'rubric'>

/** What the judge is told of a pair in one order; a judge in training must be told the same. */
export async function judgeMessages(task: Shown, secret: string): Promise<Message[]> {
  return fill(ARM_JUDGE, await shown(task, secret))
}

/**
 * The judge writes its trajectory, which is read strictly. One that is cut off or can't be read is a pass with an
 * error, not a thrown one: other votes may still make a majority.
 */
async function writeOpinion(
  task: ComparisonTask,
  { model, secret, signal }: ComparisonContext,
): Promise<Pass> {
  const items = itemsOf(task.rubric.criteria)
  const { text, finish } = await model.generate(await judgeMessages(task, secret), {
    temperature: task.temperature,
    seed: task.seed,
    maxTokens: Math.max(REPLY_TOKENS, TOKENS_A_CRITERION * items.length),
    ...(signal ? { signal } : {}),
  })
  if (finish === 'length') {
    return unread(text, 'reply_truncated', "The judge's reply was cut off by its token limit.")
  }
  const { trajectory, fault } = readTrajectory(withoutThoughts(text))
  if (trajectory === null) return unread(text, 'reply_invalid', `The judge's reply can't be read. ${fault}`)
  const { gatekeeper, first, second, justification, winner } = trajectory
  const opinion = {
    verdict: winner === 'first' ? WIN : -WIN,
    confidence: null,
    reason: justification,
    gatekeeper,
    analysis: { first, second },
  }
  return { criteria: [], opinion }
}

function unread(text: string, code: ErrorCode, message: string): Pass {
  const raw = text.slice(0, RAW_CHARACTERS).toWellFormed()
  const opinion = { verdict: null, confidence: null, reason: null, raw }
  return { criteria: [], opinion, error: { code, message, type: 'service' } }
}

const WINNERS: Scale = [
  { meaning: 'A is better', value: WIN },
  { meaning: 'B is better', value: -WIN },
]

/**
 * For models that only pick labels: the probability of each winner, read off two labels in both listings. The verdict
 * is 2 (p(A) - p(B)), which is what the mean over many votes sampled at temperature 1 tends to.
 */
async function chooseOpinion(task: ComparisonTask, context: ComparisonContext): Promise<Pass> {
  const texts = await shown(task, context.secret)
  const nothing = { prompt: [{ role: 'user' as const, content: NEUTRAL }], reference: null }
  const neutral = await shown({ ...task, ...nothing, shown: [NEUTRAL, NEUTRAL] }, context.secret)
  const question = {
    ask: (scale: string) => fill(CHOOSE_WINNER, { ...texts, scale }),
    neutral: (scale: string) => fill(CHOOSE_WINNER, { ...neutral, scale }),
  }
  return weighOpinion(question, WINNERS, context)
}

async function shown(task: Shown, secret: string) {
  return {
    ...(await showPair(secret, transcript(task.prompt), task.shown)),
    ...(await showReference(secret, task.reference)),
    'fenced:criteria': await fence(secret, 'criteria', listItems(itemsOf(task.rubric.criteria))),
  }
}
