import type { Message, Prompt } from '../../shared/protocol/message.ts'

/** Tokens that end a turn, and padding: what trainers leave at the end of decoded text. */
const CLOSING = [
  '<|im_end|>',
  '<|endoftext|>',
  '<|eot_id|>',
  '<|end_of_text|>',
  '<|end|>',
  '<|return|>',
  '<|pad|>',
  '<|finetune_right_pad_id|>',
  '<end_of_turn>',
  '<｜end▁of▁sentence｜>',
  '[EOS]',
  '<eos>',
  '<pad>',
  '</s>',
]
const OPENING = ['<|begin_of_text|>', '<|endoftext|>', '<｜begin▁of▁sentence｜>', '<bos>', '<s>']

/** The headers that open a turn in the chat templates that are read back. */
const HEADERS = [
  /<\|im_start\|>(system|user|assistant|tool)\n/g,
  /<\|start_header_id\|>(system|user|assistant|tool)<\|end_header_id\|>\n\n/g,
  /<\|(system|user|assistant|tool)\|>\n?/g,
]

/** Whether text is special tokens alone: padding on the left, a beginning that the tokenizer put before a template's. */
export function isPadding(text: string): boolean {
  return withoutClosing(text, [...CLOSING, ...OPENING]).trim() === ''
}

/** The text without the special tokens, and the white space between them, that end it. */
export function withoutClosing(text: string, tokens: readonly string[] = CLOSING): string {
  let rest = text
  for (;;) {
    const trimmed = rest.trimEnd()
    const token = tokens.find((candidate) => trimmed.endsWith(candidate))
    if (token === undefined) return rest
    rest = trimmed.slice(0, -token.length)
  }
}

/**
 * Templated text as the messages that it was made from, and what the assistant's open turn already says.
 * Text in no known template is one user message.
 */
export function readPrompt(text: string): { prompt: Prompt; begun: string } {
  const body = withoutOpening(text)
  for (const header of HEADERS) {
    const turns = [...body.matchAll(header)]
    if (turns[0]?.index !== 0) continue
    const messages = turns.map((turn, at): Message => {
      const end = turns[at + 1]?.index ?? body.length
      return { role: roleOf(turn[1]), content: withoutClosing(body.slice(turn.index + turn[0].length, end)) }
    })
    const last = messages.at(-1)
    const begun = last?.role === 'assistant' ? (messages.pop()?.content ?? '') : ''
    const said = messages.filter(({ content }) => content !== '')
    if (said.length > 0) return { prompt: said, begun }
  }
  return { prompt: text, begun: '' }
}

/** A whole conversation in a known template, cut before the assistant's last turn; null in no known template. */
export function splitConversation(text: string): { prompt: string; response: string } | null {
  for (const header of HEADERS) {
    const last = [...text.matchAll(header)].filter((turn) => turn[1] === 'assistant').at(-1)
    if (!last || last.index === 0) continue
    const cut = last.index + last[0].length
    return { prompt: text.slice(0, cut), response: text.slice(cut) }
  }
  return null
}

function withoutOpening(text: string): string {
  const token = OPENING.find((candidate) => text.startsWith(candidate))
  return token === undefined ? text : withoutOpening(text.slice(token.length).trimStart())
}

function roleOf(name: string | undefined): Message['role'] {
  return name === 'system' || name === 'assistant' || name === 'tool' ? name : 'user'
}
