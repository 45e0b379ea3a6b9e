import { PlumblineError } from '../../shared/protocol/error.ts'

/** Fields of parts that nobody fetches anything by: texts of a turn, and what tools are called with. */
const TEXTS: ReadonlySet<string> = new Set(['type', 'text', 'refusal', 'thinking', 'input', 'arguments'])
/** Fields that hold an address: OpenAI's, Anthropic's, and those that model servers take beside them. */
const ADDRESS = /(^|_)(url|uri|image|audio|video|file)$/
/** What a model server would fetch by itself where a field of its own, with a name unknown here, holds it. */
const FETCHED = /^\W*([a-z][a-z0-9+.-]*:\/\/|file:)/i

/**
 * Lets media in messages come as `data:` URLs alone: a model server fetches any other address, or reads it from its disk,
 * and could be sent where a caller may not go. Throws `invalid_request`, naming the field.
 */
export function refuseMediaUrls(messages: readonly unknown[]): void {
  messages.forEach((message, at) => {
    if (typeof message !== 'object' || message === null || !('content' in message)) return
    const parts = Array.isArray(message.content) ? message.content : [message.content]
    parts.forEach((part, number) => {
      // A text that stands alone is a turn, whatever it says.
      if (typeof part === 'object') refuseIn(part, `messages.${at}.content.${number}`, '')
    })
  })
}

/** `field` is the name under which the value stands, by itself or in a list. */
function refuseIn(value: unknown, param: string, field: string): void {
  if (typeof value === 'string') {
    if (value.startsWith('data:') || !(ADDRESS.test(field) || FETCHED.test(value))) return
    const message = `'${param}' must be a data: URL that holds the media itself: model servers are sent to no address for it.`
    throw new PlumblineError('invalid_request', message, { param })
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, one] of Object.entries(value)) {
    if (!TEXTS.has(key)) refuseIn(one, `${param}.${key}`, Array.isArray(value) ? field : key)
  }
}
