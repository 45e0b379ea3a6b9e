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

/**
 * What all automata of a spec may cost: a node costs more the more ranges the spec's largest class has (letters of
 * all scripts have 650). Subset construction can double an automaton with each character of a pattern.
 */
const MAX_COST = 10_000
const RANGES_PER_COST = 16
const MAX_PATTERN = 1000

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

export function createLanguages(): Languages {
  const patterns = new Map<string, Language>()
  const nodes = createBudget()
  const anyText = repeat(TEXT, 0, Number.POSITIVE_INFINITY)
  const anything = repeat(ANY, 0, Number.POSITIVE_INFINITY)
  const maybe = (mark: number) => repeat(one(mark), 0, 1)

  function readPattern(pattern: string, match: 'whole' | 'somewhere', place: string): Language {
    const body: Part = { type: 'Alternation', alternatives: parse(pattern, place, nodes) }
    const found =
      match === 'whole' ? sequence(maybe(START), body, maybe(END)) : sequence(anything, body, anything)
    const marked = automaton(sequence(one(START), anyText, one(END)), nodes)
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

type Factory<Node> = { createNode(): Node }

/** Makes the nodes of all automata while they may cost more. */
type Budget = { nfa: Factory<NFA.Node>; dfa: Factory<DFA.Node>; weigh(characters: CharSet): void }

function createBudget(): Budget {
  let spent = 0
  let cost = 1
  const counted = <Node>(factory: Factory<Node>): Factory<Node> => ({
    createNode() {
      spent += cost
      if (spent > MAX_COST) throw new TooManyNodesError(`${spent} spent`)
      return factory.createNode()
    },
  })
  return {
    nfa: counted(NFA.nodeFactory),
    dfa: counted(DFA.nodeFactory),
    weigh({ ranges }) {
      cost = Math.max(cost, 1 + ranges.length / RANGES_PER_COST)
    },
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

/** The alternatives of a pattern, with the marks in place of its assertions. */
function parse(pattern: string, place: string, nodes: Budget): Sequence[] {
  const refuse = (why: string) => new PlumblineError('invalid_request', `${place} ${why}.`)
  if (pattern.length > MAX_PATTERN) throw refuse(`is longer than ${MAX_PATTERN} characters`)
  let parser: JS.Parser
  try {
    parser = JS.Parser.fromLiteral({ source: pattern, flags: 'u' })
  } catch (error) {
    throw refuse(`isn't a regular expression: ${error instanceof Error ? error.message : error}`)
  }
  try {
    const { expression } = parser.parse({
      assertions: 'unknown',
      maxBackreferenceWords: 0,
      maxNodes: MAX_COST,
    })
    return expression.alternatives.map((alternative) => withMarks(alternative, nodes, refuse))
  } catch (error) {
    if (error instanceof TooManyNodesError || error instanceof PlumblineError) throw error
    throw refuse('holds a back reference; write out what it repeats')
  }
}

/** `^` and `$` become the marks, and no class holds a mark. */
function withMarks({ elements }: Sequence, nodes: Budget, refuse: (why: string) => PlumblineError): Sequence {
  return sequence(
    ...elements.map((element): Part => {
      switch (element.type) {
        case 'CharacterClass':
          nodes.weigh(element.characters)
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
            alternatives: element.alternatives.map((alternative) => withMarks(alternative, nodes, refuse)),
          }
      }
    }),
  )
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

function automaton(expression: Sequence, nodes: Budget): Language {
  const options = { assertions: 'throw', infinityThreshold: Number.POSITIVE_INFINITY } as const
  return smallest(DFA.fromFA(NFA.fromRegex(expression, OPTIONS, options, nodes.nfa), nodes.dfa))
}

const both = (left: Language, right: Language, nodes: Budget) =>
  smallest(DFA.fromIntersection(left, right, nodes.dfa))

function smallest(language: Language): Language {
  language.minimize()
  return language
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
