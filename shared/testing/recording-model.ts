import type { GenerateOptions, LanguageModel } from '../model/language-model.ts'
import type { Message } from '../protocol/message.ts'
import { opinionatedModel } from './opinionated-model.ts'

/** One call as the model saw it. */
export type Asked = { messages: Message[]; options: Omit<GenerateOptions, 'signal'> | { choices: string[] } }

/** An opinionated model that keeps what it was asked. */
export function recordingModel(
  kind: Pick<LanguageModel, 'instantiate' | 'verdicts'>,
): LanguageModel & { asked: Asked[] } {
  const model = opinionatedModel(kind)
  const asked: Asked[] = []
  return {
    ...model,
    asked,
    generate(messages, { signal: _, ...options } = {}) {
      asked.push({ messages, options })
      return model.generate(messages, options)
    },
    choose(messages, choices) {
      asked.push({ messages, options: { choices } })
      return model.choose(messages, choices)
    },
  }
}
