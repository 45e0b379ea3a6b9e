import type { LanguageModel } from '../model/language-model.ts'
import type { Memory } from '../model/memory.ts'
import type { Message } from '../protocol/message.ts'
import type { MetaRubric, Rubric } from '../protocol/rubric.ts'

/** What a rubric is made for: a pair in canonical order, or a prompt alone. */
export type RubricTask = {
  prompt: Message[]
  responses: [string, string] | null
  /** Made by Rubric-ARM's generator, from the prompt alone. */
  form?: 'rubric-arm'
  meta_rubric: MetaRubric
  reference: string | null
  seed: number
}

/** What making a rubric needs from outside. */
export type RubricContext = {
  model: LanguageModel
  /** HMAC key of the fences around candidate text. */
  secret: string
  memory: Memory
  signal?: AbortSignal
}

/** A way to make a rubric. Throws `PlumblineError` when the model fails. */
export type Instantiator = (task: RubricTask, context: RubricContext) => Promise<Rubric>
