import { createHash } from 'node:crypto'
import type { Tokenizer } from '../../gpu-worker/text/tokenizer.ts'
import { TEXTS } from '../../test/parity/texts.ts'

/** English prose and code, in words: what the fixed workloads are written with. */
const WORDS = TEXTS.slice(0, 10)
  .flatMap((text) => text.split(/\s+/))
  .filter((word) => /^[A-Za-z][a-z]*[.,]?$/.test(word))

/**
 * A text of exactly so many tokens, its own for each name. It ends with a line's end and begins with a letter,
 * so that texts put together have as many tokens as they have apart.
 */
export function textOf(tokenizer: Tokenizer, tokens: number, name: string): string {
  let text = pick(name, 0)
  let count = tokenizer.encode(`${text}\n`).length
  for (let i = 1; count < tokens; i++) {
    // A word after a space is tokenised by itself. One that is too long gives way to a short one.
    const word = ` ${pick(name, i)}`
    const length = tokenizer.encode(word).length
    const fits = count + length <= tokens
    text += fits ? word : ' so'
    count += fits ? length : 1
  }
  const whole = `${text}\n`
  const made = tokenizer.encode(whole).length
  if (made !== tokens) throw new Error(`The text of ${tokens} tokens has ${made}; change its words.`)
  return whole
}

function pick(name: string, index: number): string {
  const digest = createHash('sha256').update(`${name} ${index}`).digest()
  return WORDS[digest.readUInt32LE() % WORDS.length] ?? 'the'
}
