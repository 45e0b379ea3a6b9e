import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { GenerateEvent } from '../generate/engine.ts'
import { readBody } from './body.ts'
import { type CompletionHead, chunk, completion, usageChunk } from './chat-reply.ts'
import { type ChatCall, readChatRequest } from './chat-request.ts'
import type { EngineSlot } from './engine-slot.ts'
import { toPlumblineError } from './errors.ts'

/** `POST /v1/chat/completions`. The caller's hanging up ends the generation. */
export async function chatCompletions(c: Context, slot: EngineSlot): Promise<Response> {
  const body = await readBody(c)
  const engine = slot.engine()
  const call = readChatRequest(body, engine.model, randomSeed)
  const head: CompletionHead = {
    id: `chatcmpl-${crypto.randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: engine.model.id,
  }
  const events = engine.generate({ ...call.request, signal: c.req.raw.signal })
  return call.stream ? streamed(c, head, call, events) : c.json(await whole(head, call, events))
}

async function whole(head: CompletionHead, call: ChatCall, events: AsyncIterable<GenerateEvent>) {
  let content = ''
  const tokens = []
  for await (const event of events) {
    content += event.text
    if (event.type === 'token') tokens.push(event.token)
    else return completion(head, content, event.finish, call.logprobs ? tokens : null, event.tokens)
  }
  throw new Error('the engine ended without an end')
}

/** Waits for the first event before it answers: until then a failure is still an HTTP error. */
async function streamed(
  c: Context,
  head: CompletionHead,
  call: ChatCall,
  events: AsyncIterable<GenerateEvent>,
): Promise<Response> {
  const iterator = events[Symbol.asyncIterator]()
  let next = await iterator.next()
  return streamSSE(c, async (stream) => {
    const send = (data: object) => stream.writeSSE({ data: JSON.stringify(data) })
    try {
      await send(chunk(head, { role: 'assistant', content: '' }, null, null))
      for (; !next.done; next = await iterator.next()) {
        const event = next.value
        if (event.type === 'token') {
          await send(chunk(head, { content: event.text }, null, call.logprobs ? [event.token] : null))
          continue
        }
        if (event.text !== '') await send(chunk(head, { content: event.text }, null, null))
        await send(chunk(head, {}, event.finish, null))
        if (call.includeUsage) await send(usageChunk(head, event.tokens))
      }
      await stream.writeSSE({ data: '[DONE]' })
    } catch (error) {
      if (!stream.aborted) await send({ error: toPlumblineError(error).data })
    }
  })
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
}
