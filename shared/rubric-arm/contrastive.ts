import pLimit, { type LimitFunction } from 'p-limit'
import { seedOf } from '../identity/seed.ts'
import { type Fenced, fence } from '../model/fence.ts'
import type { LanguageModel } from '../model/language-model.ts'
import { fill } from '../model/prompt.ts'
import { withoutThoughts } from '../model/thoughts.ts'
import { transcript } from '../model/transcript.ts'
import { type ErrorCode, PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { Criterion } from '../protocol/rubric.ts'
import type { ArmFormName, LabelledPair, Trajectory } from '../protocol/training/rubric-arm.ts'
import type { ServedForm, ShownPair } from './forms/form.ts'
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
  /** Of a reply, thoughts included; default what the form needs. */
  maxTokens?: number
  /** Calls in flight at most; default 1. */
  concurrency?: number
  /** Nothing more is asked once it aborts; what is under way is awaited, and then its reason thrown. */
  signal?: AbortSignal
}

/** Why a teacher wrote nothing, how often, and in whose words. */
export type Failures = Map<ErrorCode, { count: number; message: string }>

export type Taught<P extends LabelledPair> = {
  /** The pairs that have a rubric, with the teacher's words; `text` is null where the judgment failed. */
  pairs: (P & { trajectory: Trajectory })[]
  /** Rubrics and judgments that were asked for, and those that nobody got. */
  asked: number
  failures: Failures
  /** Rubrics that can't be read. */
  unread: number
}

/** Items that a teacher is asked for at most. */
const MOST_ITEMS: Readonly<Record<ArmFormName, number>> = { full: 8, small: 3, blind: 3 }

/**
 * Makes what a warm-up learns from (OpenRubrics, systems.md 1.9): for each prompt one rubric, written by somebody who sees
 * its responses in their order of merit, and for each of its pairs a judgment by that rubric, in an order drawn by a hash.
 * Judgments are not looked at: `consistent` keeps those that are right. Responses that pairs of a prompt put in no one
 * order are shown by how often they win.
 */
export async function teach<P extends LabelledPair>(
  pairs: readonly P[],
  options: TeachingOptions,
): Promise<Taught<P>> {
  const lesson = new Lesson(options)
  const groups = Map.groupBy(pairs, ({ prompt }) => JSON.stringify(prompt))
  const taught = await allOf(Array.from(groups.values(), (group) => ofPrompt(group, lesson, options)))
  const { asked, failures, unread } = lesson
  return { pairs: taught.flat(), asked, failures, unread }
}

/** The pairs of one prompt; none where it got no rubric that can be read. */
async function ofPrompt<P extends LabelledPair>(
  group: readonly P[],
  lesson: Lesson,
  options: TeachingOptions,
): Promise<(P & { trajectory: Trajectory })[]> {
  const form = SERVED_FORMS[options.form]
  const prompt = group[0]?.prompt ?? []
  const rubric = await lesson.ask(options.rubrics, form.replyTokens.rubric, () =>
    askRubric(prompt, byMerit(group), options),
  )
  if (rubric === null) return []
  const { criteria } = form.readRubric(rubric)
  if (criteria === null) {
    lesson.unread++
    return []
  }
  return allOf(
    group.map(async (pair) => {
      const trajectory = await judged(pair, { rubric, criteria, lesson, options })
      return { ...pair, trajectory }
    }),
  )
}

/** Waits for all of them, also where one is rejected: what the others ask for is paid for. */
async function allOf<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works)
  return Promise.all(works)
}

type Judging = { rubric: string; criteria: Criterion[]; lesson: Lesson; options: TeachingOptions }

async function judged(
  { prompt, responses }: LabelledPair,
  { rubric, criteria, lesson, options }: Judging,
): Promise<Trajectory> {
  const form = SERVED_FORMS[options.form]
  const [first, second] = responses
  const turned = (await seedOf(['taught', prompt, responses])) % 2 === 1
  const shown: [string, string] = turned ? [second, first] : [first, second]
  const text = await lesson.ask(options.judge, form.replyTokens.judge(criteria.length), () =>
    askJudgment(form, { prompt, shown, reference: null, criteria }, options.secret),
  )
  return { rubric, text, order: turned ? 'backward' : 'forward' }
}

/** A judge's messages, and the form explained to whoever has not been trained in it. */
async function askJudgment(form: ServedForm, pair: ShownPair, secret: string): Promise<Message[]> {
  const messages = await form.judgeMessages(pair, secret)
  const { explained } = form
  if (explained === null) return messages
  return messages.map((one, at) =>
    at === messages.length - 1 ? { ...one, content: `${one.content}\n${explained}` } : one,
  )
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

/** The calls of one teaching, so many at a time, and what came of them. */
class Lesson {
  asked = 0
  unread = 0
  readonly failures: Failures = new Map()
  readonly #options: TeachingOptions
  readonly #limit: LimitFunction

  constructor(options: TeachingOptions) {
    this.#options = options
    this.#limit = pLimit(options.concurrency ?? 1)
  }

  /** What a teacher writes greedily; null where it fails or is cut off. What is a mistake of ours is thrown, and the signal's reason. */
  ask(teacher: Teacher, formTokens: number, messages: () => Promise<Message[]>): Promise<string | null> {
    const { signal, maxTokens = formTokens } = this.#options
    return this.#limit(async () => {
      signal?.throwIfAborted()
      this.asked++
      try {
        const options = { temperature: 0, seed: 0, maxTokens, ...(signal && { signal }) }
        const { text, finish } = await teacher.generate(await messages(), options)
        if (finish === 'stop') return withoutThoughts(text).trim()
        this.#fail('reply_truncated', `A reply was cut off at ${maxTokens} tokens.`)
        return null
      } catch (error) {
        signal?.throwIfAborted()
        if (!PlumblineError.isInstance(error)) throw error
        this.#fail(error.code, error.message)
        return null
      }
    })
  }

  #fail(code: ErrorCode, message: string): void {
    const { count } = this.failures.get(code) ?? { count: 0 }
    this.failures.set(code, { count: count + 1, message })
  }
}
