import type { Engine, GenerateRequest } from '../../gpu-worker/generate/engine.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { textOf } from './text.ts'
import type { Speech } from './workload.ts'

/** The model goes on with it for long, whatever stands before. */
const QUESTION =
  'Write the numbers 1, 2, 3, 4 and so on up to 500, separated by commas. Begin now: 1, 2, 3, 4, 5, 6, 7,'

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
  const replies = (length: number) =>
    Promise.all(prompts.map((messages) => reply(engine, messages, length, options)))
  // Their prompts are then known, so that all rows begin together, or nearly: the first gets a few tokens more.
  await replies(1)
  const times = (await replies(tokens + 2 * prompts.length)).map((each) => each.times)
  const from = Math.max(...times.map((row) => row[0] ?? Number.NaN))
  const to = Math.min(...times.map((row) => row.at(-1) ?? Number.NaN))
  const written = times.flat().filter((time) => time > from && time <= to).length
  if (written < (3 / 4) * prompts.length * tokens) {
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
