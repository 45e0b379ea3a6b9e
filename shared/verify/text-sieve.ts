import { format as libraryFormats } from '@cfworker/json-schema'
import { compilePattern } from './pattern.ts'

/** Formats that are checked; the rest are annotations, as the standard has it. The library's `url` can backtrack. */
const FORMATS: Record<string, (text: string) => boolean> = {
  ...pick([
    'date',
    'time',
    'date-time',
    'duration',
    'email',
    'hostname',
    'ipv4',
    'ipv6',
    'uuid',
    'json-pointer',
  ]),
  uri: (text) => /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(text) && URL.canParse(text),
  regex: (text) => typeof compilePattern(text) !== 'string',
}

/** Thrown when the patterns are too large for that much text. */
export class TooMuchText extends Error {}

/** Sorts a known set of texts by patterns (in RE2) and by formats. Each question is answered once. */
export class TextSieve {
  readonly #texts: string[]
  readonly #characters: number
  readonly #maxWork: number
  readonly #known = new Map<string, Set<string>>()
  #work = 0

  constructor(texts: Set<string>, maxWork: number) {
    this.#maxWork = maxWork
    this.#texts = [...texts]
    this.#characters = this.#texts.reduce((sum, text) => sum + text.length, 0)
  }

  /** The texts that the pattern is found in. Throws `TooMuchText`. */
  matching(source: string): Set<string> {
    return this.#once(`pattern ${source}`, () => {
      const pattern = compilePattern(source)
      if (typeof pattern === 'string') throw new TypeError(`The pattern ${source} ${pattern}.`)
      this.#work += pattern.work(this.#characters)
      if (this.#work > this.#maxWork) throw new TooMuchText()
      return pattern.found
    })
  }

  /** The texts that are of the format; all of them when the format is not one that is checked. */
  ofFormat(format: string): Set<string> {
    return this.#once(`format ${format}`, () =>
      Object.hasOwn(FORMATS, format) ? (FORMATS[format] ?? null) : null,
    )
  }

  /** All texts that are not in the set. */
  without(passing: Set<string>): string[] {
    return this.#texts.filter((text) => !passing.has(text))
  }

  #once(question: string, makeTest: () => ((text: string) => boolean) | null): Set<string> {
    const known = this.#known.get(question)
    if (known) return known
    const test = makeTest()
    const passing = new Set(test === null ? this.#texts : this.#texts.filter((text) => test(text)))
    this.#known.set(question, passing)
    return passing
  }
}

function pick(names: string[]): Record<string, (text: string) => boolean> {
  return Object.fromEntries(
    names.flatMap((name) => (libraryFormats[name] ? [[name, libraryFormats[name]]] : [])),
  )
}
