import type { Rational } from '../numeral.ts'
import { FUNCTIONS, GREEK, IGNORED, SIGNS, TEXTS, WRITINGS } from './symbols.ts'
import { isUnitWord } from './units.ts'
import { Unreadable } from './unreadable.ts'
import { type CommaMeans, matchAt, readNumeral } from './written-number.ts'

export type Token =
  | { kind: 'number'; value: Rational; places: number | null; text: string; spaced: boolean }
  | { kind: 'sign'; sign: string }
  | { kind: 'name'; name: string }
  | { kind: 'function'; name: string }
  | { kind: 'command'; name: string }
  | { kind: 'word'; text: string }

/** Longest answer read: nobody's final answer is longer. */
export const MAX_ANSWER = 10_000
const MAX_TOKENS = 3000

/** Digits above 9 in front of a base above 10: their worth is known once the base is. */
const BASED = /(?=[\dA-Z]*[A-Z])(?:\d[\dA-Z]*|[\dA-Z]{2,})(?=_\{?(?:1[1-9]|2\d|3[0-6])(?!\d))/y

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹⁻'
const ROW_BREAK = '\\\\'

/** Cuts an answer, in LaTeX or plain, into tokens. Throws `Unreadable`. */
export function tokenise(answer: string, comma: CommaMeans): Token[] {
  if (answer.length > MAX_ANSWER) throw new Unreadable()
  const text = normalised(answer)
  const tokens: Token[] = []
  const push = (...more: Token[]) => tokens.push(...more)
  let at = 0
  while (at < text.length) {
    if (tokens.length > MAX_TOKENS) throw new Unreadable()
    const digits = /[A-Za-z\d]/.test(text[at - 1] ?? '') ? null : matchAt(BASED, text, at)
    if (digits !== null) {
      push({ kind: 'number', value: { top: 0n, bottom: 1n }, places: null, text: digits[0], spaced: false })
      at += digits[0].length
      continue
    }
    const numeral = readNumeral(text, at, comma)
    if (numeral !== null) {
      push({ kind: 'number', ...numeral, spaced: /\s/.test(text[at - 1] ?? '') })
      at += numeral.text.length
      continue
    }
    const [run] = /^(?:\\[A-Za-z]+|\\.|[A-Za-z]+|\s+|.)/su.exec(text.slice(at, at + 200)) ?? ['']
    at += run.length
    if (run === ROW_BREAK) push({ kind: 'sign', sign: ROW_BREAK })
    else if (run.startsWith('\\')) at = command(run.slice(1), text, at, push, comma, endsInValue(tokens))
    else if (/^[A-Za-z]/.test(run)) push(...plainWord(run, tokens))
    else if (/^[€£¥¢]/.test(run)) push({ kind: 'word', text: run })
    else if (run === '~' || /^\s/.test(run) || (run === '.' && /^[.\s]*$/.test(text.slice(at)))) continue
    else push({ kind: 'sign', sign: run })
  }
  return tokens
}

/** One writing for each sign, and digit groups closed up: `32,\! 349`, `10{,}000`, `1 000`. */
function normalised(answer: string): string {
  let text = answer.replace(/[⁰¹²³⁴-⁹⁻]+/gu, (signs) => {
    const digits = Array.from(signs, (sign) => '0123456789-'[SUPERSCRIPTS.indexOf(sign)] ?? '').join('')
    return `^{${digits}}`
  })
  for (const [writing, sign] of WRITINGS) text = text.replace(writing, sign)
  return text
    .replace(/(?<=\d)(?:\s?\{,\}|,\\!|\\,|\\!|\\ )\s?(?=\d{3}(?!\d))/g, '')
    .replace(/(?<![\dA-Z])([\dA-Z]{1,64})\s?\(?(?:in )?base[\s-](\d{1,2})(?!\d)\)?/g, '$1_{$2}')
    .replace(/(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d/])/g, (groups) => groups.replaceAll(' ', ''))
    .replace(
      /\\{2}(?=(?:left|right|frac|[dt]frac|sqrt|le|leq|ge|geq|pi|infty|cup|text|in|cdot|times)\b)/g,
      '\\',
    )
}

const endsInValue = (tokens: Token[]): boolean => {
  const last = tokens.at(-1)
  return last !== undefined && (last.kind !== 'sign' || [')', ']', '}', '⦄'].includes(last.sign))
}

/** The tokens of a run of letters outside LaTeX commands. */
function plainWord(run: string, before: Token[]): Token[] {
  const lower = run.toLowerCase()
  if (lower === 'and' || lower === 'or') return [{ kind: 'sign', sign: lower }]
  if (FUNCTIONS.has(run)) return [{ kind: 'function', name: run }]
  if (GREEK.has(run)) return [{ kind: 'name', name: run }]
  if (['infinity', 'inf', 'oo', 'infty'].includes(lower)) return [{ kind: 'sign', sign: '∞' }]
  if (run === 'U' && before.at(-1)?.kind === 'sign' && endsInValue(before))
    return [{ kind: 'sign', sign: '∪' }]
  if (lower === 'in' && before.at(-1)?.kind === 'name') return [{ kind: 'sign', sign: '∈' }]
  if (endsInValue(before) && isUnitWord(run)) return [{ kind: 'word', text: run }]
  const [, head = '', tail = ''] = /^(sin|cos|tan|cot|sec|csc|ln|log|sqrt|pi)([a-z])$/.exec(run) ?? []
  if (head === 'pi') return [named('pi'), named(tail)]
  if (head !== '') return [{ kind: 'function', name: head }, named(tail)]
  return run.length <= 3 ? Array.from(run, named) : [{ kind: 'word', text: run }]
}

const named = (name: string): Token => ({ kind: 'name', name })

/** Adds what a LaTeX command stands for; answers where reading goes on. */
function command(
  name: string,
  text: string,
  at: number,
  push: (...tokens: Token[]) => void,
  comma: CommaMeans,
  behindValue: boolean,
): number {
  const sign = SIGNS.get(name)
  if (sign !== undefined) push({ kind: 'sign', sign })
  else if (name === 'left' || name === 'right') return text[at] === '.' ? at + 1 : at
  else if (IGNORED.has(name)) return at
  else if (TEXTS.has(name)) {
    const group = readGroup(text, at)
    push(...setText(name, group.content, comma, behindValue))
    return group.end
  } else if (name === 'pmod' || name === 'phantom' || name === 'label') return readGroup(text, at).end
  else if (FUNCTIONS.has(name) && name !== 'sqrt') push({ kind: 'function', name })
  else if (GREEK.has(name)) push(named(name.replace(/^var/, '')))
  else push({ kind: 'command', name: name.replace(/^[dtc](?=frac|binom)/, '') })
  return at
}

/** The argument of a command, as it is written: a group, or one character. */
function readGroup(text: string, from: number): { content: string; end: number } {
  const start = from + (/^\s*/.exec(text.slice(from, from + 50))?.[0].length ?? 0)
  if (text[start] !== '{') return { content: text[start] ?? '', end: start + 1 }
  let depth = 0
  for (let index = start; index < text.length; index++) {
    if (text[index] === '{') depth++
    else if (text[index] === '}' && --depth === 0)
      return { content: text.slice(start + 1, index), end: index + 1 }
  }
  throw new Unreadable()
}

const SETS: Record<string, string> = { R: 'ℝ', Z: 'ℤ', N: 'ℕ', Q: 'ℚ', C: 'ℂ' }

/** What is set as text: a letter, a function, a conjunction, a number, or words. */
function setText(command: string, content: string, comma: CommaMeans, behindValue: boolean): Token[] {
  const text = content.trim()
  const set = command === 'mathbb' ? SETS[text] : undefined
  if (set !== undefined) return [named(set)]
  if (text === '') return []
  if (text === 'and' || text === 'or' || text === ',') return [{ kind: 'sign', sign: text }]
  if (FUNCTIONS.has(text) && !(behindValue && isUnitWord(text))) return [{ kind: 'function', name: text }]
  const [, letter] = /^\(?([A-Za-z])\)?\.?$/.exec(text) ?? []
  if (letter !== undefined && !(behindValue && /^[a-z]$/.test(text))) {
    return [named(/^(?:mathbf|boldsymbol)$/.test(command) ? `bold ${letter}` : letter)]
  }
  if (/^[\d.,\s$-]+$/.test(text)) return tokenise(text, comma)
  return [{ kind: 'word', text }]
}
