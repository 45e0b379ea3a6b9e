import type { Message } from '../protocol/message.ts'
import type { Choice, LanguageModel } from './language-model.ts'

type Asked = { messages: Message[]; choices: string[]; answer: Promise<Choice> }

/** The same model for one judgment: a question that was put before is not put again, since its answer is the same. */
export function once(model: LanguageModel): LanguageModel {
  // by their last message, which is what they differ in: no copy is made of long texts
  const questions = new Map<string, Asked[]>()
  return {
    ...model,
    choose(messages, choices, options) {
      const content = messages.at(-1)?.content ?? ''
      const alike = questions.get(content) ?? []
      const known = alike.find((asked) => same(asked, messages, choices))
      if (known) return known.answer
      const answer = model.choose(messages, choices, options)
      questions.set(content, [...alike, { messages, choices, answer }])
      return answer
    },
  }
}

function same(asked: Asked, messages: Message[], choices: string[]): boolean {
  return (
    asked.messages.length === messages.length &&
    asked.choices.length === choices.length &&
    asked.choices.every((choice, index) => choice === choices[index]) &&
    asked.messages.every(
      ({ role, content }, index) => role === messages[index]?.role && content === messages[index]?.content,
    )
  )
}
