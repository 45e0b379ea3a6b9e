import * as z from 'zod'
import { message } from '../../shared/protocol/message.ts'
import { opinionatedModel } from '../../shared/testing/opinionated-model.ts'

/** How the server treats its calls. */
export type Manner =
  | 'well'
  | 'slowly'
  | 'prose'
  | 'cut off'
  | 'cut JSON'
  | 'status 500'
  | 'tells the key'
  | 'refuses the key'
  | 'never'
  | 'unreachable'

const body = z.looseObject({
  model: z.string(),
  messages: z.array(message),
  stream: z.boolean().optional(),
  response_format: z.looseObject({ json_schema: z.looseObject({ name: z.string() }) }).optional(),
})

/**
 * A model server in the place of `fetch`: OpenAI-compatible, holding the opinionated model, and as bad as a
 * test wants it.
 */
export function createModelServer() {
  const server = {
    calls: 0,
    manner: 'well' as Manner,
    /** The number of the one call that is answered 500. */
    failsAt: null as number | null,
    /** Replies of a test's own, by the name of their schema. */
    replies: {} as NonNullable<Parameters<typeof opinionatedModel>[0]['replies']>,
    traceparents: [] as (string | null)[],
    /** What was asked, as it came. */
    bodies: [] as unknown[],
    fetch: answer,
  }
  const { replies } = server
  const model = opinionatedModel({ instantiate: 'generate', verdicts: 'generate', replies })
  return server

  async function answer(_url: string, init: RequestInit): Promise<Response> {
    if (server.manner === 'unreachable') throw new TypeError('connection refused')
    server.calls++
    if (server.manner === 'slowly') await new Promise((resolve) => setTimeout(resolve, 40))
    if (server.manner === 'never') return silence(init.signal)
    if (server.manner === 'status 500' || server.calls === server.failsAt)
      return new Response('out of memory', { status: 500 })
    const headers = new Headers(init.headers)
    server.traceparents.push(headers.get('traceparent'))
    const authorization = headers.get('authorization')
    if (server.manner === 'tells the key') {
      return new Response(`no credit left on ${authorization}`, { status: 500 })
    }
    if (server.manner === 'refuses the key') {
      return Response.json({ error: { message: `wrong key: ${authorization}` } }, { status: 401 })
    }
    const request = body.parse(JSON.parse(String(init.body)))
    server.bodies.push(request)
    const name = request.response_format?.json_schema.name
    const options = name === undefined ? {} : { schema: { name, schema: {} } }
    const { text, tokens } = await model.generate(request.messages, options)
    return Response.json({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: request.model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: inManner(text) },
          finish_reason: server.manner === 'cut off' ? 'length' : 'stop',
        },
      ],
      usage: { prompt_tokens: tokens.prompt, completion_tokens: tokens.completion },
    })
  }

  function inManner(text: string): string {
    if (server.manner === 'prose') return 'I would say that the first one is better.'
    return server.manner === 'cut off' || server.manner === 'cut JSON' ? text.slice(0, text.length / 2) : text
  }
}

function silence(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
}
