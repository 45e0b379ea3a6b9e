import { CharSet, DFA, TooManyNodesError } from 'refa'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import {
  automaton,
  type Budget,
  both,
  createBudget,
  type Language,
  OPTIONS,
  oneOf,
  type Part,
  repeat,
  sequence,
  setOf,
  smallest,
} from './automata.ts'
import { LAST_CHARACTER, type Range, type ReadCharacters } from './characters.ts'
import type { GrammarBuilder } from './grammar.ts'
import { END, mark, parsePattern, START, TEXT } from './pattern.ts'

export type { Language }

const ANY = oneOf(CharSet.all(LAST_CHARACTER))

/** Makes the languages of one spec; `place` names them in errors, which are all `invalid_request`. */
export type Languages = {
  /**
   * What a pattern matches: a JavaScript regular expression with the flag u, without lookaround, word boundaries and
   * back references. `whole` matches the whole text, `somewhere` finds it within, as JSON Schema does. It is never
   * run as a RegExp.
   */
  pattern(pattern: string, match: 'whole' | 'somewhere', place: string): Language
  /** The texts of `min` to `max` characters. */
  length(min: number, max: number, place: string): Language
  /** All texts but these. */
  allBut(texts: Iterable<string>, place: string): Language
  /** The texts that are in all languages. */
  common(languages: readonly Language[], place: string): Language
}

/** What makes the languages of one spec: they share a budget, and a pattern that comes again is read once. */
export function createLanguages(): Languages {
  const patterns = new Map<string, Language>()
  const nodes = createBudget()
  const anyText = repeat(TEXT, 0, Number.POSITIVE_INFINITY)
  const anything = repeat(ANY, 0, Number.POSITIVE_INFINITY)
  const maybe = (character: number) => repeat(mark(character), 0, 1)

  function readPattern(pattern: string, match: 'whole' | 'somewhere', place: string): Language {
    const body: Part = { type: 'Alternation', alternatives: parsePattern(pattern, place, nodes) }
    const found =
      match === 'whole' ? sequence(maybe(START), body, maybe(END)) : sequence(anything, body, anything)
    const marked = automaton(sequence(mark(START), anyText, mark(END)), nodes)
    return unmark(both(automaton(found, nodes), marked, nodes), nodes)
  }

  return {
    pattern(pattern, match, place) {
      const key = `${match} ${pattern}`
      const language = patterns.get(key) ?? limited(place, () => readPattern(pattern, match, place))
      patterns.set(key, language)
      return language
    },
    length: (min, max, place) => limited(place, () => automaton(sequence(repeat(TEXT, min, max)), nodes)),
    allBut: (texts, place) =>
      limited(place, () => {
        const words = [...texts].map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0))
        const others = DFA.fromWords(words, OPTIONS, nodes.dfa)
        others.complement(nodes.dfa)
        return both(others, automaton(sequence(anyText), nodes), nodes)
      }),
    common: (languages, place) => limited(place, () => languages.reduce((a, b) => both(a, b, nodes))),
  }
}

/** Reads a text of the language, each character by `read`. */
export function readLanguage(
  builder: GrammarBuilder,
  from: number,
  language: Language,
  read: ReadCharacters,
  to: number,
): void {
  const states = new Map<DFA.ReadonlyNode, number>()
  const stateOf = (node: DFA.ReadonlyNode) => {
    const state = states.get(node) ?? builder.state()
    states.set(node, state)
    return state
  }
  builder.jump(from, stateOf(language.initial))
  for (const node of language.nodes()) {
    for (const [next, ranges] of targets(node)) read(builder, stateOf(node), ranges, stateOf(next))
  }
  for (const node of language.finals) builder.jump(stateOf(node), to)
}

/** The characters that lead to each next node. */
function targets(node: DFA.ReadonlyNode): Map<DFA.ReadonlyNode, Range[]> {
  const ranges = new Map<DFA.ReadonlyNode, Range[]>()
  for (const [{ min, max }, next] of node.out) ranges.set(next, [...(ranges.get(next) ?? []), [min, max]])
  return ranges
}

/** The texts between the marks. */
function unmark(marked: Language, nodes: Budget): Language {
  const builder = new DFA.Builder(nodes.dfa)
  const copies = new Map<DFA.ReadonlyNode, DFA.Node>()
  const start = marked.initial.out.get(START)
  if (start) copies.set(start, builder.initial)
  const copyOf = (node: DFA.ReadonlyNode) => {
    const copy = copies.get(node) ?? builder.createNode()
    copies.set(node, copy)
    return copy
  }
  for (const [node, copy] of copies) {
    for (const [{ min, max }, next] of node.out) {
      if (min === END) builder.makeFinal(copy)
      else builder.linkNodes(copy, copyOf(next), setOf({ min, max }))
    }
  }
  return smallest(DFA.fromBuilder(builder, OPTIONS))
}

function limited(place: string, make: () => Language): Language {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof TooManyNodesError)) throw error
    throw new PlumblineError(
      'invalid_request',
      `${place} takes too large an automaton; make it simpler, its repeats shorter or its classes smaller.`,
    )
  }
}
