import * as z from 'zod'
import type { Message } from '../../shared/protocol/message.ts'
import { readChat } from './chat-messages.ts'

/** Parts of a message of the Responses API: text, or what is shown for it. */
const part = z.looseObject({ text: z.string().optional(), refusal: z.string().optional() })
const content = z.union([z.string(), z.array(part)])

/** An item of a conversation as the Responses API has it. What is neither said nor done with a tool is passed over. */
const item = z.looseObject({
  type: z.string().optional(),
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']).optional(),
  content: content.nullish(),
  name: z.string().optional(),
  arguments: z.string().optional(),
  output: z.union([z.string(), z.array(part)]).optional(),
})
type Item = z.infer<typeof item>

/** `responses_create_params` of NeMo-Gym: what the policy was asked. */
export const responseParams = z.looseObject({
  input: z.union([z.string().min(1, 'must not be empty'), z.array(item).min(1, 'must hold a message')]),
  instructions: z.string().nullish(),
})

/** A Response object of OpenAI's: what the policy answered. */
export const responseObject = z.looseObject({
  id: z.string().nullish(),
  output: z.array(item),
})

/** The conversation that a response answers; calls of tools are what the assistant said. */
export function promptOf({ input, instructions }: z.infer<typeof responseParams>): Message[] {
  const items: Item[] = typeof input === 'string' ? [{ role: 'user', content: input }] : input
  const asked = instructions ? [{ role: 'system' as const, content: instructions }] : []
  return readChat([...asked, ...items.flatMap(toMessage)])
}

/** The texts of its messages, one after the other, as NeMo-Gym itself reads it: neither reasoning nor calls of tools. */
export function textOfResponse({ output }: z.infer<typeof responseObject>): string {
  const texts = output.flatMap(({ type, content }) => (type === 'message' ? [said(content)] : []))
  return texts.join('').toWellFormed()
}

function toMessage({ type, role, content, name, arguments: given, output }: Item) {
  if (type === 'function_call') return [{ role: 'assistant' as const, content: `${name}(${given})` }]
  if (type === 'function_call_output') return [{ role: 'tool' as const, content: said(output) }]
  return role === undefined ? [] : [{ role, content: said(content) }]
}

function said(content: z.infer<typeof item>['content']): string {
  if (typeof content === 'string') return content
  return (content ?? []).map(({ text, refusal }) => text ?? refusal ?? '').join('')
}
