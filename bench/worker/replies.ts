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

/** So many conversations of which every reply is long enough for `decodeRate` to give so many tokens of each. */
export async function longConversations(
  engine: Engine,
  speech: Speech,
  tokens: number,
  count: number,
  replyTokens: number,
): Promise<Message[][]> {
  const length = replyLength(replyTokens, count)
  const candidates = conversations(speech, tokens, 2 * count + 2, 'long')
  const replies = await Promise.all(candidates.map((messages) => reply(engine, messages, length, {})))
  const found = candidates.filter((_, i) => replies[i]?.times.length === length).slice(0, count)
  if (found.length === count) return found
  throw new Error(`Only ${found.length} of ${candidates.length} replies have ${length} tokens.`)
}

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
  const replies = (length: number) =>
    Promise.all(prompts.map((messages) => reply(engine, messages, length, options)))
  // Their prompts are then known, so that all rows begin together, or nearly.
  await replies(1)
  const times = (await replies(replyLength(tokens, prompts.length))).map((each) => each.times)
  const from = Math.max(...times.map((row) => row[0] ?? Number.NaN))
  const to = Math.min(...times.map((row) => row.at(-1) ?? Number.NaN))
  const written = times.flat().filter((time) => time > from && time <= to).length
  if (written < (3 / 4) * prompts.length * tokens) {
    throw new Error(`All rows were there for ${written} tokens only: a reply ended early.`)
  }
  return (written / (to - from)) * 1000
}

/** The rows that begin first get a few tokens more, so that all are there for the rest. */
function replyLength(tokens: number, rows: number): number {
  return tokens + 2 * rows
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
