/** Why a choice ended. A call that was cut off is `length`, as text is: its arguments are no whole JSON. */
export type Finish = 'stop' | 'length' | 'tool_calls'

type FunctionCall = { id: string; type: 'function'; function: { name: string; arguments: string } }

/** What a whole choice says: text, or the call of a function. */
export type WholeMessage = {
  role: 'assistant'
  content: string | null
  refusal: null
  tool_calls?: FunctionCall[]
}

/** What a piece of a stream adds to a choice. */
export type MessagePiece = {
  role?: 'assistant'
  content?: string | null
  tool_calls?: ({ index: 0 } & (FunctionCall | { function: { arguments: string } }))[]
}

/** How choices say what was generated, in OpenAI's shapes. */
export type Voice = {
  whole(generated: string): WholeMessage
  first(): MessagePiece
  next(generated: string): MessagePiece
  finish(end: 'stop' | 'length'): Finish
}

/** As arguments of the function that is called, each call with an id of its own, or, for null, as text. */
export function voiceOf(called: string | null): Voice {
  if (called === null) {
    return {
      whole: (content) => ({ role: 'assistant', content, refusal: null }),
      first: () => ({ role: 'assistant', content: '' }),
      next: (content) => ({ content }),
      finish: (end) => end,
    }
  }
  const call = (text: string) => ({
    id: `call_${crypto.randomUUID().replaceAll('-', '')}`,
    type: 'function' as const,
    function: { name: called, arguments: text },
  })
  return {
    whole: (generated) => ({
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [call(generated)],
    }),
    first: () => ({ role: 'assistant', content: null, tool_calls: [{ index: 0, ...call('') }] }),
    next: (generated) => ({ tool_calls: [{ index: 0, function: { arguments: generated } }] }),
    finish: (end) => (end === 'stop' ? 'tool_calls' : end),
  }
}
