import type { Message } from '../../../shared/protocol/message.ts'

const [OPEN, CLOSE] = ['<tool_response>', '</tool_response>']

/** Results of tools, which Qwen's templates put into a turn of the user. */
export function toolResponses(said: Message): Message[] {
  const content = said.content.trim()
  if (said.role === 'assistant' || !content.startsWith(OPEN) || !content.endsWith(CLOSE)) return [said]
  return content
    .slice(OPEN.length, -CLOSE.length)
    .split(`${CLOSE}\n${OPEN}`)
    .map((result) => ({ role: 'tool', content: result.trim() }))
}

/** Llama 3's system turn tells the date before the system prompt, and so it does where there is none. */
export function withoutDates({ role, content }: Message): Message[] {
  if (role !== 'system') return [{ role, content }]
  const dates = /^(?:Environment: ipython\n)?\n*Cutting Knowledge Date: [^\n]*\n(?:Today Date: [^\n]*\n)?\n*/
  return [{ role, content: content.replace(dates, '') }]
}

/** Llama 2's system prompt lies inside the first turn of the user. */
export function systemInside({ role, content }: Message): Message[] {
  const [all, system = ''] = /^<<SYS>>\n([\s\S]*?)\n<<\/SYS>>\n\n/.exec(content) ?? []
  if (role !== 'user' || all === undefined) return [{ role, content }]
  return [
    { role: 'system', content: system },
    { role, content: content.slice(all.length) },
  ]
}

/** Cohere's marks around what is said. */
export function withoutMarks({ role, content }: Message): Message[] {
  return [{ role, content: content.replace(/^<\|START_(?:RESPONSE|TEXT)\|>/, '') }]
}

/** Harmony's turns: its system turn is the template's own, thoughts are told to nobody, instructions have a headline. */
export function ofHarmony({ role, content }: Message): Message[] {
  if (role === 'system') {
    const instructions = content.replace(/^# Instructions\n\n/, '')
    return content.startsWith('You are ChatGPT') ? [] : [{ role, content: instructions.trimEnd() }]
  }
  const [header, channel] =
    /^(?: to=[^<]*)?<\|channel\|>(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>/.exec(content) ?? []
  if (header === undefined) return [{ role, content }]
  return channel === 'analysis' ? [] : [{ role, content: content.slice(header.length) }]
}
