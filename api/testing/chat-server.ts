/** One chat completion that a model server of another make was asked for. */
export type SeenChat = { body: Record<string, unknown>; headers: Headers }

/**
 * A model server in the place of `fetch`, for what is passed on: it says `text`, and keeps what it was sent. `spoil`
 * makes its reply what another server would send; events of a stream go out as they are given.
 */
export function createChatServer() {
  const server = {
    text: 'Yes.',
    spoil: (reply: Record<string, unknown>): unknown => reply,
    /** Takes the place of any other answer. */
    answer: null as (() => Response) | null,
    seen: [] as SeenChat[],
    fetch: reply,
  }
  return server

  async function reply(_url: string, init: RequestInit): Promise<Response> {
    const body = JSON.parse(String(init.body))
    server.seen.push({ body, headers: new Headers(init.headers) })
    if (server.answer) return server.answer()
    const head = { id: 'chatcmpl-7', created: 7, model: body.model }
    const usage = { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 }
    const spoken = { index: 0, finish_reason: 'stop' }
    if (!body.stream) {
      const choices = [{ ...spoken, message: { role: 'assistant', content: server.text } }]
      return Response.json(server.spoil({ ...head, object: 'chat.completion', choices, usage }))
    }
    const pieces = [...server.text].map((content) => ({ index: 0, delta: { content }, finish_reason: null }))
    const chunks = [...pieces, { ...spoken, delta: {} }].map((choice) => ({ ...head, choices: [choice] }))
    return eventStream([...chunks, { ...head, choices: [], usage }, '[DONE]'])
  }
}

/** An answer of server-sent events. */
export function eventStream(events: (object | string)[]): Response {
  const lines = events.map(
    (event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`,
  )
  return new Response(lines.join(''), { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}

/** The events of an answer, each with its name. */
export async function eventsOf(answer: Response): Promise<{ name: string | undefined; data: string }[]> {
  const blocks = (await answer.text()).trim().split('\n\n')
  return blocks.map((block) => ({
    name: /^event: (.*)$/m.exec(block)?.[1],
    data: /^data: (.*)$/m.exec(block)?.[1] ?? '',
  }))
}
