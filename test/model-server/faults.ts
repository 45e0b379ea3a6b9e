import type { Context } from 'hono'

/** How a model server may fail. A fault is asked for by naming it as the model. */
export const FAULTS = [
  'timeout',
  'http-500',
  'http-429',
  'not-json',
  'not-a-completion',
  'redirect',
  'stream-forever',
  'prose',
  'half-json',
  'length',
  'wrong-ids',
  'bad-types',
  'no-logprobs',
  'hidden-choice',
  'refusal',
] as const
export type Fault = (typeof FAULTS)[number]

export function faultOf(model: string): Fault | null {
  return FAULTS.find((fault) => fault === model) ?? null
}

/** Faults of the server: the whole reply is theirs. The others spoil a good reply (`spoil`). */
export const BROKEN_REPLIES: { readonly [fault in Fault]?: (c: Context) => Response | Promise<Response> } = {
  timeout: (c) =>
    new Promise((resolve) => c.req.raw.signal.addEventListener('abort', () => resolve(c.body(null)))),
  'http-500': (c) => c.json({ error: { message: 'The model fell over.', type: 'server_error' } }, 500),
  'http-429': (c) =>
    c.json({ error: { message: 'Slow down.', code: 'rate_limit_exceeded' } }, 429, { 'retry-after': '1' }),
  'not-json': (c) => c.html('<html>It works!</html>'),
  'not-a-completion': (c) => c.json({ object: 'chat.completion', choices: [] }),
  redirect: (c) => c.redirect('http://127.0.0.1:9/v1/chat/completions', 307),
  'stream-forever': (c) => c.body(endless(), 200, { 'content-type': 'application/json' }),
}

/** What a fault makes of the text of a good reply. */
export const SPOILT_TEXTS: { readonly [fault in Fault]?: (text: string) => string } = {
  prose: () => 'I think that the first response is better, because it says more.',
  'half-json': (text) => text.slice(0, Math.ceil(text.length / 2)),
  length: (text) => text.slice(0, Math.ceil(text.length / 2)),
  'wrong-ids': (text) =>
    text
      .replace(/"criterion":"[^"]*"/g, '"criterion":"unheard-of"')
      .replace(/"rubric_idx":\d+/g, '"rubric_idx":99'),
  'bad-types': (text) => text.replace(/"(verdict|met|score)":[^,}]+/g, '"$1":"rather good"'),
}

/** White space without end: the beginning of JSON that never comes. */
function endless(): ReadableStream<Uint8Array> {
  const chunk = new TextEncoder().encode(' '.repeat(1000))
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      controller.enqueue(chunk)
    },
  })
}
