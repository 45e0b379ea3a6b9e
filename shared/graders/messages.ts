import * as z from 'zod'
import type { Message } from '../protocol/message.ts'
import { GraderFault } from './fault.ts'
import { MOST_RENDERED, type Namespaces, render, valueAt } from './template.ts'

const NOT_TEXT = 'must be text: images, audio and files are not graded'
const part = z.union(
  [
    z.string(),
    z.object({ type: z.enum(['input_text', 'output_text', 'text'], { error: NOT_TEXT }), text: z.string() }),
  ],
  { error: NOT_TEXT },
)

/** A message of a grader or a data source: text, or parts of text. */
export const inputMessage = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([part, z.array(part).min(1)], { error: NOT_TEXT }),
})
export type InputMessage = z.infer<typeof inputMessage>

/** The texts of messages, for what looks through templates. */
export function textsOf(messages: readonly InputMessage[]): string[] {
  return messages.flatMap(({ content }) => (Array.isArray(content) ? content : [content]).map(textOf))
}

/** Messages with their holes filled. `developer` is what chat completions call `system`. Throws as `render` does. */
export function renderMessages(messages: readonly InputMessage[], namespaces: Namespaces): Message[] {
  let left = MOST_RENDERED
  const fill = (text: string) => {
    const filled = render(text, namespaces, left)
    left -= filled.length
    return filled
  }
  return messages.map((one) => plainMessage(one, fill))
}

/**
 * The conversation that a row of the data set holds under a name such as `item.input`: data, whose text is no
 * template. Throws `GraderFault` where the name names nothing or no conversation.
 */
export function referredMessages(reference: string, namespaces: Namespaces): Message[] {
  const value = valueAt(reference, namespaces)
  if (typeof value === 'string') return [{ role: 'user', content: value }]
  const messages = z.array(inputMessage).min(1).safeParse(value)
  if (messages.success) return messages.data.map((one) => plainMessage(one, (text) => text))
  const sentence = `'${reference.slice(0, 80)}' is no list of messages: give each a role and a text as its content.`
  throw new GraderFault({ invalid_variable_error: true }, sentence)
}

function plainMessage({ role, content }: InputMessage, filled: (text: string) => string): Message {
  const texts = (Array.isArray(content) ? content : [content]).map((one) => filled(textOf(one)))
  return { role: role === 'developer' ? 'system' : role, content: texts.join('\n') }
}

function textOf(one: z.infer<typeof part>): string {
  return typeof one === 'string' ? one : one.text
}

/** Messages whose first system message, or a new one in front, also says in what form to reply. */
export function withReplyForm(messages: Message[], form: string): Message[] {
  const [first, ...rest] = messages
  if (first?.role !== 'system') return [{ role: 'system', content: form }, ...messages]
  return [{ role: 'system', content: `${first.content}\n\n${form}` }, ...rest]
}
