import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Prompt } from '../../shared/protocol/message.ts'
import { chatMessage, chatMessages, readChat, textOfChat } from './chat-messages.ts'

/** What stands at a path such as `item.question`; undefined where nothing does. */
export function bodyField(body: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
          ? Reflect.get(inner, name)
          : undefined,
      body,
    )
}

/** A value of a data set as a text: what a message says, anything else that is no text as JSON; null where there is none. */
export function fieldText(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value.toWellFormed()
  const message = chatMessage.safeParse(value)
  return message.success ? textOfChat(message.data) : JSON.stringify(value).toWellFormed()
}

/** A value of a data set as a prompt: a conversation where it is one, else its text. Throws `invalid_request` where it is empty. */
export function fieldPrompt(value: unknown, param: string): Prompt {
  const conversation = chatMessages.safeParse(value)
  if (conversation.success) return readChat(conversation.data)
  const text = fieldText(value)
  if (text !== null && text !== '') return text
  throw new PlumblineError('invalid_request', `'${param}' is empty: send the prompt there.`, { param })
}
