import type { Engine, GenerateRequest } from '../../gpu-worker/generate/engine.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { textOf } from './text.ts'
import type { Speech } from './workload.ts'

const QUESTION = 'Now write a very long story about the sea.'

/** Conversations of exactly so many tokens each, that differ from their first words on. */
export function conversations(
  { tokenizer, chat }: Speech,
  tokens: number,
  count: number,
  name: string,
): Message[][] {
  const of = (filler: string): Message[] => [
    { role: 'system', content: filler },
    { role: 'user', content: QUESTION },
  ]
  const rest = chat(of('So\n')).length - tokenizer.encode('So\n').length
  return Array.from({ length: count }, (_, row) => {
    const messages = of(textOf(tokenizer, tokens - rest, `${name} ${row}`))
    const length = chat(messages).length
    if (length !== tokens) throw new Error(`A conversation has ${length} tokens instead of ${tokens}.`)
    return messages
  })
}

type Options = Partial<Omit<GenerateRequest, 'messages' | 'maxTokens'>>

/** Tokens a second of the prompts, all at once, from nothing to the first token of every reply. */
export async function prefillRate(
  engine: Engine,
  prompts: readonly Message[][],
  options: Options = {},
): Promise<number> {
  const start = performance.now()
  const replies = await Promise.all(prompts.map((messages) => reply(engine, messages, 1, options)))
  const fresh = replies.reduce((sum, { prompt, cached }) => sum + prompt - cached, 0)
  return (fresh / (performance.now() - start)) * 1000
}

/** Tokens a second of all rows together, while all of them are being written. */
export async function decodeRate(
  engine: Engine,
  prompts: readonly Message[][],
  tokens: number,
  options: Options = {},
): Promise<number> {
  // Rows begin one after the other: those that begin first get more tokens, so that all are there for `tokens`.
  const length = tokens + 8 * prompts.length
  const replies = await Promise.all(prompts.map((messages) => reply(engine, messages, length, options)))
  const from = Math.max(...replies.map(({ times }) => times[0] ?? Number.NaN))
  const to = Math.min(...replies.map(({ times }) => times.at(-1) ?? Number.NaN))
  const written = replies.flatMap(({ times }) => times.filter((time) => time > from && time <= to)).length
  if (written < (prompts.length * tokens) / 2) {
    throw new Error(`All rows were there for ${written} tokens only: a reply ended early.`)
  }
  return (written / (to - from)) * 1000
}

type Reply = { times: number[]; prompt: number; cached: number }

async function reply(
  engine: Engine,
  messages: Message[],
  maxTokens: number,
  options: Options,
): Promise<Reply> {
  const greedy = { temperature: 0, topP: 1, seed: 0, stop: [], topLogprobs: 0 }
  const times: number[] = []
  for await (const event of engine.generate({ ...greedy, ...options, messages, maxTokens })) {
    if (event.type === 'token') times.push(performance.now())
    else return { times, prompt: event.tokens.prompt, cached: event.tokens.cached }
  }
  throw new Error('the engine ended without an end')
}
