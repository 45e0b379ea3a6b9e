import type { ComparisonContext, ComparisonTask } from '../judge/pair/comparer.ts'
import { weighOpinion } from '../judge/pair/opinion.ts'
import type { Pass } from '../judge/pair/way.ts'
import { fill } from '../model/prompt.ts'
import { NEUTRAL } from '../model/shown.ts'
import { withoutThoughts } from '../model/thoughts.ts'
import type { Scale } from '../model/weigh.ts'
import type { ErrorCode } from '../protocol/error.ts'
import type { VerdictMethod } from '../protocol/model-entry.ts'
import { SERVED_FORMS } from './forms/forms.ts'
import { itemsOf } from './items.ts'
import { shownTexts } from './messages.ts'
import { CHOOSE_WINNER } from './prompts/choose-winner.ts'

/** The winner's verdict: there is no tie and no strength (systems.md 1.8), so it is the largest. */
const WIN = 2
/** Characters that are kept of a reply that could not be read. */
const RAW_CHARACTERS = 4000

/** A pair in one order by Rubric-ARM's judge (systems.md 1.4), by what the model can do. */
export const ARM_OPINIONS: Record<
  VerdictMethod,
  (task: ComparisonTask, context: ComparisonContext) => Promise<Pass>
> = { generate: writeOpinion, choose: chooseOpinion }

/**
 * The judge writes its trajectory, which is read strictly, in the form that it was trained in. One that is cut off or
 * can't be read is a pass with an error, not a thrown one: other votes may still make a majority.
 */
async function writeOpinion(
  task: ComparisonTask,
  { model, secret, signal }: ComparisonContext,
): Promise<Pass> {
  const { prompt, shown, reference } = task
  const { criteria } = task.rubric
  const form = SERVED_FORMS[model.arm?.form ?? 'full']
  const messages = await form.judgeMessages({ prompt, shown, reference, criteria }, secret)
  const { text, finish } = await model.generate(messages, {
    temperature: task.temperature,
    seed: task.seed,
    maxTokens: form.replyTokens.judge(itemsOf(criteria).length),
    ...(signal ? { signal } : {}),
  })
  if (finish === 'length') {
    return unread(text, 'reply_truncated', "The judge's reply was cut off by its token limit.")
  }
  const { judgment, fault } = form.readJudgment(withoutThoughts(text), criteria)
  if (judgment === null) return unread(text, 'reply_invalid', `The judge's reply can't be read. ${fault}`)
  const { winner, ...told } = judgment
  return { criteria: [], opinion: { verdict: winner === 'first' ? WIN : -WIN, confidence: null, ...told } }
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
  const texts = await shownTexts(task, context.secret)
  const nothing = { prompt: [{ role: 'user' as const, content: NEUTRAL }], reference: null }
  const neutral = await shownTexts({ ...task, ...nothing, shown: [NEUTRAL, NEUTRAL] }, context.secret)
  const question = {
    ask: (scale: string) => fill(CHOOSE_WINNER, { ...texts, scale }),
    neutral: (scale: string) => fill(CHOOSE_WINNER, { ...neutral, scale }),
  }
  return weighOpinion(question, WINNERS, context)
}
