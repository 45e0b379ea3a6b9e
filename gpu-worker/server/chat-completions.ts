import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { TokenCount } from '../../shared/model/language-model.ts'
import type { GeneratedToken, GenerateEvent } from '../generate/engine.ts'
import { readBody } from './body.ts'
import { voiceOf } from './chat-message.ts'
import { type CompletionHead, chunk, completion, type Delta, sumTokens, usageChunk } from './chat-reply.ts'
import { type ChatCall, readChatRequest } from './chat-request.ts'
import type { EngineSlot } from './engine-slot.ts'
import { toPlumblineError } from './errors.ts'
import { generateTogether, type Part } from './generate-together.ts'
import { callerOf, type Served } from './life.ts'
import { tracedEngine } from './traced-engine.ts'

/** `POST /v1/chat/completions`. The caller's hanging up ends all choices. */
export async function chatCompletions(c: Context<Served>, slot: EngineSlot): Promise<Response> {
  const body = await readBody(c)
  const engine = slot.engine()
  const call = await readChatRequest(body, engine, { caller: callerOf(c), seed: randomSeed })
  const head: CompletionHead = {
    id: `chatcmpl-${crypto.randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: call.model,
  }
  const parts = generateTogether(tracedEngine(engine, c.get('trace')), call.requests, c.get('life').signal)
  return call.stream ? streamed(c, head, call, parts) : c.json(await whole(head, call, parts))
}

async function whole(
  head: CompletionHead,
  { requests, called, logprobs }: ChatCall,
  parts: ReadableStream<Part>,
) {
  const voice = voiceOf(called)
  const choices = requests.map((): WrittenChoice => ({ content: '', tokens: [] }))
  const ends: EndEvent[] = []
  for await (const { index, event } of parts) {
    const choice = choices[index]
    if (choice) choice.content += event.text
    if (event.type === 'token') choice?.tokens.push(event.token)
    else ends[index] = event
  }
  const whole = choices.map(({ content, tokens }, index) => {
    const end = ends[index]
    if (!end) throw new Error('the engine ended without an end')
    return {
      message: voice.whole(content),
      finish: voice.finish(end.finish),
      logprobs: logprobs ? tokens : null,
    }
  })
  return completion(head, whole, sumTokens(ends.map(({ tokens }) => tokens)))
}

type WrittenChoice = { content: string; tokens: GeneratedToken[] }
type EndEvent = Extract<GenerateEvent, { type: 'end' }>

/** Waits for the first event before it answers: until then a failure is still an HTTP error. */
async function streamed(
  c: Context<Served>,
  head: CompletionHead,
  { requests, called, logprobs, includeUsage }: ChatCall,
  parts: ReadableStream<Part>,
): Promise<Response> {
  const voice = voiceOf(called)
  const reader = parts.getReader()
  let next = await reader.read()
  return streamSSE(c, async (stream) => {
    const send = (data: object) => stream.writeSSE({ data: JSON.stringify(data) })
    const add = (delta: Delta) => send(chunk(head, delta, includeUsage))
    const spent: TokenCount[] = []
    try {
      for (const index of requests.keys()) await add({ index, delta: voice.first() })
      for (; !next.done; next = await reader.read()) {
        const { index, event } = next.value
        if (event.type === 'token') {
          const told = logprobs ? { logprobs: [event.token] } : {}
          await add({ index, delta: voice.next(event.text), ...told })
          continue
        }
        if (event.text !== '') await add({ index, delta: voice.next(event.text) })
        await add({ index, delta: {}, finish: voice.finish(event.finish) })
        spent.push(event.tokens)
      }
      if (includeUsage) await send(usageChunk(head, sumTokens(spent)))
      await stream.writeSSE({ data: '[DONE]' })
    } catch (error) {
      if (!stream.aborted) await send({ error: toPlumblineError(error).data })
    }
  })
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
}
