import {
  CharSet,
  type Concatenation,
  DFA,
  type Element,
  JS,
  NFA,
  type NoParent,
  TooManyNodesError,
} from 'refa'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { LAST_CHARACTER, type Range, type ReadCharacters } from './characters.ts'
import type { GrammarBuilder } from './grammar.ts'

/** A regular language over characters, as a deterministic automaton. */
export type Language = DFA

/** Larger automata are refused: subset construction can double them with each character of a pattern. */
const MAX_NODES = 4000
const MAX_PATTERN = 2000

const OPTIONS = { maxCharacter: LAST_CHARACTER }
const SURROGATES = { min: 0xd800, max: 0xdfff }
/** Stand for the start and the end of a text while a pattern is read: no text holds them, being surrogates. */
const START = 0xd800
const END = 0xdfff

type Part = NoParent<Element>
type Sequence = NoParent<Concatenation>

const setOf = (...ranges: { min: number; max: number }[]) => CharSet.empty(LAST_CHARACTER).union(ranges)
const one = (character: number): Part => ({
  type: 'CharacterClass',
  characters: setOf({ min: character, max: character }),
})
const TEXT: Part = { type: 'CharacterClass', characters: setOf(SURROGATES).negate() }
const ANY: Part = { type: 'CharacterClass', characters: CharSet.all(LAST_CHARACTER) }
const sequence = (...elements: Part[]): Sequence => ({ type: 'Concatenation', elements })
const repeat = (part: Part, min: number, max: number): Part => ({
  type: 'Quantifier',
  min,
  max,
  lazy: false,
  alternatives: [sequence(part)],
})

/**
 * What a pattern matches: a JavaScript regular expression with the flag u, without lookaround, word boundaries and
 * back references. `whole` matches the whole text, `somewhere` finds it within, as JSON Schema does. `place` names
 * the pattern in errors (`invalid_request`). It is never run as a RegExp.
 */
export function patternLanguage(pattern: string, match: 'whole' | 'somewhere', place: string): Language {
  const refuse = (why: string) => new PlumblineError('invalid_request', `${place} ${why}.`)
  if (pattern.length > MAX_PATTERN) throw refuse(`is longer than ${MAX_PATTERN} characters`)
  return limited(place, () => {
    const alternatives = parse(pattern, refuse)
    const body: Part = { type: 'Alternation', alternatives }
    const found =
      match === 'whole'
        ? sequence(repeat(one(START), 0, 1), body, repeat(one(END), 0, 1))
        : sequence(repeat(ANY, 0, Number.POSITIVE_INFINITY), body, repeat(ANY, 0, Number.POSITIVE_INFINITY))
    const marked = sequence(one(START), repeat(TEXT, 0, Number.POSITIVE_INFINITY), one(END))
    return unmark(both(automaton(found), automaton(marked)))
  })
}

/** The texts of `min` to `max` characters. */
export function lengthLanguage(min: number, max: number, place: string): Language {
  return limited(place, () => automaton(sequence(repeat(TEXT, min, max))))
}

/** The texts of all languages. */
export function intersection(languages: readonly Language[], place: string): Language {
  return limited(place, () => languages.reduce(both))
}

/** All texts but these. */
export function allBut(texts: Iterable<string>, place: string): Language {
  return limited(place, () => {
    const words = [...texts].map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0))
    const others = DFA.fromWords(words, OPTIONS, new DFA.LimitedNodeFactory(MAX_NODES))
    others.complement(new DFA.LimitedNodeFactory(MAX_NODES))
    return both(others, automaton(sequence(repeat(TEXT, 0, Number.POSITIVE_INFINITY))))
  })
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

function parse(pattern: string, refuse: (why: string) => PlumblineError): Sequence[] {
  const { expression } = parsed(pattern, refuse)
  return expression.alternatives.map((alternative) => withMarks(alternative, refuse))
}

function parsed(pattern: string, refuse: (why: string) => PlumblineError) {
  let parser: JS.Parser
  try {
    parser = JS.Parser.fromLiteral({ source: pattern, flags: 'u' })
  } catch (error) {
    throw refuse(`isn't a regular expression: ${error instanceof Error ? error.message : error}`)
  }
  try {
    return parser.parse({ assertions: 'unknown', maxBackreferenceWords: 0, maxNodes: MAX_NODES })
  } catch (error) {
    if (error instanceof TooManyNodesError) throw error
    throw refuse('holds a back reference; write out what it repeats')
  }
}

/** `^` and `$` become the marks, and no class holds a mark. */
function withMarks({ elements }: Sequence, refuse: (why: string) => PlumblineError): Sequence {
  return sequence(
    ...elements.map((element): Part => {
      switch (element.type) {
        case 'CharacterClass':
          return { ...element, characters: element.characters.without(SURROGATES) }
        case 'Unknown':
          if (element.id === '^') return one(START)
          if (element.id === '$') return one(END)
          throw refuse(`holds ${element.id}; lookaround and word boundaries aren't supported`)
        case 'Assertion':
          throw refuse("holds lookaround, which isn't supported")
        default:
          return {
            ...element,
            alternatives: element.alternatives.map((alternative) => withMarks(alternative, refuse)),
          }
      }
    }),
  )
}

/** The texts between the marks. */
function unmark(marked: Language): Language {
  const builder = new DFA.Builder(new DFA.LimitedNodeFactory(MAX_NODES))
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
  const language = DFA.fromBuilder(builder, OPTIONS)
  language.minimize()
  return language
}

function automaton(expression: Sequence): Language {
  const nfa = NFA.fromRegex(
    expression,
    OPTIONS,
    { assertions: 'throw', infinityThreshold: Number.POSITIVE_INFINITY },
    new NFA.LimitedNodeFactory(MAX_NODES),
  )
  const dfa = DFA.fromFA(nfa, new DFA.LimitedNodeFactory(MAX_NODES))
  dfa.minimize()
  return dfa
}

function both(left: Language, right: Language): Language {
  const dfa = DFA.fromIntersection(left, right, new DFA.LimitedNodeFactory(MAX_NODES))
  dfa.minimize()
  return dfa
}

function limited(place: string, make: () => Language): Language {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof TooManyNodesError)) throw error
    throw new PlumblineError(
      'invalid_request',
      `${place} needs an automaton of more than ${MAX_NODES} states; make it simpler or its repeats shorter.`,
    )
  }
}
