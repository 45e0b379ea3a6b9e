import { LRUCache } from 'lru-cache'
import { RE2JS } from 're2js'

/** Longest pattern taken, in characters. */
const MAX_LENGTH = 1_000

/** Largest product of a pattern's length and its repeat counts: `{1000}` compiles to a thousand copies. */
const MAX_REPETITION = 50_000

/**
 * The most work that matching may cost: instructions of the compiled pattern times characters of text. RE2 is
 * linear in the text, but the factor is the pattern's size; about 15 ns each, so this is under a second.
 */
export const MAX_WORK = 5e7

/** A caller's pattern, ready to be searched for in linear time. */
export type Pattern = {
  found(text: string): boolean
  spans(text: string): boolean
  /** What matching that many characters may cost, to be held against `MAX_WORK`. */
  work(characters: number): number
}

const FLAGS: Record<string, number> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
}

const compiled = new LRUCache<string, Pattern | { fault: string }>({ max: 128 })

/**
 * Compiles a pattern of JavaScript's syntax for RE2, so that no pattern of a caller ever reaches a backtracking
 * engine. Gives the end of a sentence instead when that can't be done (look-around and back references can't).
 */
export function compilePattern(source: string, flags = ''): Pattern | string {
  const key = `${flags}/${source}`
  const known = compiled.get(key) ?? compile(source, flags)
  compiled.set(key, known)
  return 'fault' in known ? known.fault : known
}

function compile(source: string, flags: string): Pattern | { fault: string } {
  if (source.length > MAX_LENGTH) return { fault: `is longer than ${MAX_LENGTH} characters` }
  const repeats = [...source.matchAll(/\{(\d+)(?:,(\d+))?/g)].map(([, min, max]) => Number(max ?? min))
  if (repeats.reduce((sum, count) => sum + count, 0) * source.length > MAX_REPETITION) {
    return { fault: 'repeats too much' }
  }
  const mask = [...flags].reduce((sum, flag) => sum | (FLAGS[flag] ?? 0), 0)
  try {
    const pattern = RE2JS.compile(RE2JS.translateRegExp(source), mask)
    return {
      found: (text) => pattern.test(text),
      spans: (text) => pattern.testExact(text),
      work: (characters) => pattern.programSize() * characters,
    }
  } catch (error) {
    return {
      fault: `can't run in RE2, which has no look-around and no back references (${error instanceof Error ? error.message : String(error)})`,
    }
  }
}
