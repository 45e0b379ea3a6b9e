import { seedOf } from '../identity/seed.ts'
import { type Fenced, fence } from '../model/fence.ts'
import type { LanguageModel } from '../model/language-model.ts'
import { fill } from '../model/prompt.ts'
import { withoutThoughts } from '../model/thoughts.ts'
import { transcript } from '../model/transcript.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { ArmFormName, LabelledPair, Trajectory } from '../protocol/training/rubric-arm.ts'
import type { ServedForm } from './forms/form.ts'
import { SERVED_FORMS } from './forms/forms.ts'
import { CONTRASTIVE_RUBRIC } from './prompts/contrastive.ts'

/** What a teacher of both roles does: it writes. */
export type Teacher = Pick<LanguageModel, 'generate'>

export type TeachingOptions = {
  /** Writes rubrics; knows the order of merit. */
  rubrics: Teacher
  /** Judges by them; knows nothing of it. */
  judge: Teacher
  form: ArmFormName
  /** Of the fences around texts. */
  secret: string
  signal?: AbortSignal
}

export type Taught = {
  /** The pairs of prompts that got a rubric, with the teacher's words. */
  pairs: (LabelledPair & { trajectory: Trajectory })[]
  /** Pairs without any, by why: the rubric failed, or can't be read. */
  failed: number
  unread: number
}

/** Items that a teacher is asked for at most. */
const MOST_ITEMS: Readonly<Record<ArmFormName, number>> = { full: 8, small: 3 }

/**
 * Makes what a warm-up learns from (OpenRubrics, systems.md 1.9): for each prompt one rubric, written by somebody who sees
 * its responses in their order of merit, and for each of its pairs a judgment by that rubric, in an order drawn by a hash.
 * Judgments are not looked at: `warmUpConversations` keeps those that are right. Responses that pairs of a prompt put in
 * no one order are shown by how often they win.
 */
export async function teach(pairs: readonly LabelledPair[], options: TeachingOptions): Promise<Taught> {
  const taught: Taught = { pairs: [], failed: 0, unread: 0 }
  const form = SERVED_FORMS[options.form]
  for (const [, group] of Map.groupBy(pairs, ({ prompt }) => JSON.stringify(prompt))) {
    const [first] = group
    if (!first) continue
    const rubric = await written(options.rubrics, await askRubric(first.prompt, byMerit(group), options), {
      ...options,
      maxTokens: form.replyTokens.rubric,
    })
    const { criteria } = form.readRubric(rubric ?? '')
    if (rubric === null) taught.failed += group.length
    else if (criteria === null) taught.unread += group.length
    else {
      for (const pair of group) {
        taught.pairs.push({ ...pair, trajectory: await judged(pair, rubric, form, options) })
      }
    }
  }
  return taught
}

async function judged(
  pair: LabelledPair,
  rubric: string,
  form: ServedForm,
  options: TeachingOptions,
): Promise<Trajectory> {
  const { prompt, responses } = pair
  const [first, second] = responses
  const turned = (await seedOf(['taught', prompt, responses])) % 2 === 1
  const shown: [string, string] = turned ? [second, first] : [first, second]
  const criteria = form.readRubric(rubric).criteria ?? []
  const asked = await form.judgeMessages({ prompt, shown, reference: null, criteria }, options.secret)
  const maxTokens = form.replyTokens.judge(criteria.length)
  const text = await written(options.judge, asked, { ...options, maxTokens })
  return { rubric, text, order: turned ? 'backward' : 'forward' }
}

async function askRubric(
  prompt: Message[],
  responses: readonly string[],
  { form, secret }: TeachingOptions,
): Promise<Message[]> {
  const fenced = await Promise.all(
    responses.map((text, index) => fence(secret, `response_${index + 1}`, text)),
  )
  const all: Fenced = { kind: 'fenced', text: fenced.map(({ text }) => text).join('\n') }
  return fill(CONTRASTIVE_RUBRIC, {
    'fenced:prompt': await fence(secret, 'prompt', transcript(prompt)),
    'fenced:responses': all,
    most: String(MOST_ITEMS[form]),
  })
}

/** The different responses of some pairs, those first that win more of theirs than they lose. */
function byMerit(group: readonly LabelledPair[]): string[] {
  const merit = new Map<string, number>()
  const add = (text: string, won: boolean) => merit.set(text, (merit.get(text) ?? 0) + (won ? 1 : -1))
  for (const { responses, winner } of group) {
    add(responses[0], winner === 'first')
    add(responses[1], winner === 'second')
  }
  return [...merit].toSorted(([, a], [, b]) => b - a).map(([text]) => text)
}

/** What a teacher writes greedily; null where it fails or is cut off. What is a mistake of ours is thrown, and the signal's reason. */
async function written(
  teacher: Teacher,
  messages: Message[],
  { maxTokens, signal }: { maxTokens: number; signal?: AbortSignal },
): Promise<string | null> {
  signal?.throwIfAborted()
  try {
    const options = { temperature: 0, seed: 0, maxTokens, ...(signal && { signal }) }
    const { text, finish } = await teacher.generate(messages, options)
    return finish === 'length' ? null : withoutThoughts(text).trim()
  } catch (error) {
    signal?.throwIfAborted()
    if (PlumblineError.isInstance(error)) return null
    throw error
  }
}
