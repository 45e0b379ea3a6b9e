import { Template } from '@huggingface/jinja'
import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Message } from '../../shared/protocol/message.ts'
import type { TokenizerFiles } from '../weights/checkpoint.ts'
import { controlPattern, disarm } from './control.ts'
import { type Tokenizer, tokenName } from './tokenizer.ts'

/** The tokens of a conversation, up to where the model's reply begins. Some more than `most` stand for all that are more. */
export type Chat = (messages: readonly Message[], most?: number) => number[]

const files = z.object({
  config: z.object({
    chat_template: z.string(),
    bos_token: tokenName.nullish(),
    eos_token: tokenName.nullish(),
  }),
})

/** What every conversation is rendered with. Replies come without a chain of thought, and never depend on the day. */
const CONSTANTS = { add_generation_prompt: true, enable_thinking: false, date_string: '26 Jul 2024' }

/**
 * The model's own chat template. Only the template writes control tokens: a message that spells one
 * (`<|im_end|>`) is tokenised as the plain text that it is, so nobody can speak for another role.
 * Throws `not_configured` for a model without a template that can be read; what it returns throws
 * `invalid_request` for a conversation that the template refuses.
 */
export function createChat(tokenizerFiles: TokenizerFiles, tokenizer: Tokenizer): Chat {
  const { template, constants } = readTemplate(tokenizerFiles)
  // Nobody can guess it, so no message contains it. It leaves no trace in the tokens.
  const mark = `\ue000${crypto.randomUUID()}\ue001`
  const pattern = controlPattern(tokenizer.control.keys())
  return (messages, most = Number.POSITIVE_INFINITY) => {
    const disarmed = messages.map(({ role, content }) => ({
      role,
      content: disarm(content, tokenizer.control.keys(), mark),
    }))
    const pieces = render(template, { ...constants, messages: disarmed }).split(pattern)
    const tokens: number[] = []
    for (const piece of pieces) {
      if (tokens.length > most) break
      const control = tokenizer.control.get(piece)
      const plain = () => tokenizer.encode(piece.replaceAll(mark, ''), most - tokens.length)
      for (const token of control === undefined ? plain() : [control]) tokens.push(token)
    }
    return tokens
  }
}

function readTemplate(tokenizerFiles: TokenizerFiles) {
  try {
    const { chat_template, bos_token, eos_token } = files.parse(tokenizerFiles).config
    const constants = { ...CONSTANTS, bos_token: bos_token ?? '', eos_token: eos_token ?? '' }
    return { template: new Template(chat_template), constants }
  } catch (cause) {
    throw new PlumblineError(
      'not_configured',
      'The model has no chat template that can be read; use an instruct model with one.',
      { cause },
    )
  }
}

function render(template: Template, values: Record<string, unknown>): string {
  try {
    return template.render(values)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new PlumblineError(
      'invalid_request',
      `The model's chat template refuses these messages (${reason}); change their roles or order.`,
      { cause },
    )
  }
}
