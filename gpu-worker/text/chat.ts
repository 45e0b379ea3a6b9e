import { Template } from '@huggingface/jinja'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Message } from '../../shared/protocol/message.ts'
import type { Metadata } from '../weights/metadata.ts'
import { controlPattern, disarm } from './control.ts'
import type { Tokenizer } from './tokenizer.ts'

/** The tokens of a conversation, up to where the model's reply begins. */
export type Chat = (messages: readonly Message[]) => number[]

/**
 * The model's own chat template. Only the template writes control tokens: a message that spells one
 * (`<|im_end|>`) is tokenised as the plain text that it is, so nobody can speak for another role.
 * Throws `invalid_request` for a conversation that the template refuses.
 */
export function createChat(metadata: Metadata, tokenizer: Tokenizer): Chat {
  const template = new Template(metadata.string('tokenizer.chat_template'))
  // Nobody can guess it, so no message contains it. It leaves no trace in the tokens.
  const mark = `\ue000${crypto.randomUUID()}\ue001`
  const pattern = controlPattern(tokenizer.control.keys())
  const tokens = metadata.strings('tokenizer.ggml.tokens')
  const named = (key: string) => (metadata.has(key) ? tokens[metadata.number(key)] : '')
  const constants = {
    add_generation_prompt: true,
    bos_token: named('tokenizer.ggml.bos_token_id'),
    eos_token: named('tokenizer.ggml.eos_token_id'),
  }
  return (messages) => {
    const disarmed = messages.map(({ role, content }) => ({
      role,
      content: disarm(content, tokenizer.control.keys(), mark),
    }))
    const pieces = render(template, { ...constants, messages: disarmed }).split(pattern)
    return pieces.flatMap(
      (piece) => tokenizer.control.get(piece) ?? tokenizer.encode(piece.replaceAll(mark, '')),
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
