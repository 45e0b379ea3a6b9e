import type { ComparisonTask } from '../judge/pair/comparer.ts'
import { fence } from '../model/fence.ts'
import { fill } from '../model/prompt.ts'
import { showPair, showReference } from '../model/shown.ts'
import { transcript } from '../model/transcript.ts'
import type { Message } from '../protocol/message.ts'
import { itemsOf, listItems } from './items.ts'
import { ARM_JUDGE } from './prompts/judge.ts'
import { ARM_RUBRIC } from './prompts/rubric.ts'

/** A pair in the order in which it is shown, and the rubric. */
export type Shown = Pick<ComparisonTask, 'prompt' | 'shown' | 'reference' | 'rubric'>

/** What the generator is told of a prompt; a generator in training must be told the same. */
export async function generatorMessages(prompt: Message[], secret: string): Promise<Message[]> {
  return fill(ARM_RUBRIC, { 'fenced:prompt': await fence(secret, 'prompt', transcript(prompt)) })
}

/** What the judge is told of a pair in one order; a judge in training must be told the same. */
export async function judgeMessages(task: Shown, secret: string): Promise<Message[]> {
  return fill(ARM_JUDGE, await shownTexts(task, secret))
}

/** The pair, the reference and the rubric between their fences, for the holes of a judge's prompt. */
export async function shownTexts(task: Shown, secret: string) {
  return {
    ...(await showPair(secret, transcript(task.prompt), task.shown)),
    ...(await showReference(secret, task.reference)),
    'fenced:criteria': await fence(secret, 'criteria', listItems(itemsOf(task.rubric.criteria))),
  }
}
