import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { LIMITS } from '../platform/limits.ts'
import { type ChatMessage, readChat, textOfChat } from './chat-messages.ts'
import type { Sample } from './sample.ts'
import { readPrompt, splitConversation, withoutClosing } from './templated-text.ts'

/** A text of a client that may send token ids instead, which are refused. */
export const plainText = z.string('must be text: token ids say nothing without the tokenizer that made them')

/** One text or a list of them. */
export const plainTexts = z.union([
  plainText,
  z.array(plainText).min(1, 'must hold a text').max(LIMITS.dialectResponses),
])

/** A response and the text that it answers, either of them with the special tokens of a template or without. */
export function answerSample(query: string, response: string, index: number, param: string): Sample {
  if (query === '') throw new PlumblineError('invalid_request', `'${param}' must not be empty.`, { param })
  const { prompt, begun } = readPrompt(query.toWellFormed())
  return sampleOf(prompt, begun + response.toWellFormed(), index)
}

/** A conversation that is one text in a known chat template. Throws `invalid_request` for any other text. */
export function templatedSample(text: string, index: number, param: string): Sample {
  const split = splitConversation(text)
  if (split) return answerSample(split.prompt, split.response, index, param)
  const message = `'${param}' is in no known chat template, so its response can't be told apart: send the two apart, as docs/inference.md shows.`
  throw new PlumblineError('invalid_request', message, { param })
}

/** Messages of which the assistant's last is the response. Throws `invalid_request` where they end otherwise. */
export function messagesSample(messages: readonly ChatMessage[], index: number, param: string): Sample {
  const last = messages.at(-1)
  const prompt = readChat(messages.slice(0, -1))
  if (last?.role === 'assistant' && prompt.length > 0) return sampleOf(prompt, textOfChat(last), index)
  const message = `'${param}' must end with the assistant's response, after the messages that it answers.`
  throw new PlumblineError('invalid_request', message, { param })
}

function sampleOf(prompt: Sample['prompt'], response: string, index: number): Sample {
  const unlabelled = { id: null, label: null, labelParam: null }
  return { ...unlabelled, index, prompt, response: withoutClosing(response) }
}
