import { CharSet, type Concatenation, DFA, type Element, NFA, type NoParent, TooManyNodesError } from 'refa'
import { LAST_CHARACTER } from './characters.ts'

/** A regular language over characters, as a deterministic automaton. */
export type Language = DFA

/**
 * What all automata of a spec may cost: a node costs more the more ranges the spec's largest class has (letters of
 * all scripts have 650). Subset construction can double an automaton with each character of a pattern.
 */
export const MAX_COST = 10_000
const RANGES_PER_COST = 16
/** Nodes of a nondeterministic automaton, all of which may have to be looked at for one of the deterministic. */
const NODES_PER_COST = 150

export const OPTIONS = { maxCharacter: LAST_CHARACTER }
const INFINITE = { assertions: 'throw', infinityThreshold: Number.POSITIVE_INFINITY } as const

/** A part of an expression, and parts in a row. */
export type Part = NoParent<Element>
export type Sequence = NoParent<Concatenation>

export const setOf = (...ranges: { min: number; max: number }[]) =>
  CharSet.empty(LAST_CHARACTER).union(ranges)
export const oneOf = (characters: CharSet): Part => ({ type: 'CharacterClass', characters })
export const sequence = (...elements: Part[]): Sequence => ({ type: 'Concatenation', elements })
export const repeat = (part: Part, min: number, max: number): Part => ({
  type: 'Quantifier',
  min,
  max,
  lazy: false,
  alternatives: [sequence(part)],
})

type Factory<Node> = { createNode(): Node }

/** Makes the nodes of all automata while they may cost more. */
export type Budget = {
  dfa: Factory<DFA.Node>
  /** Makes the nodes of an automaton that is to be made deterministic, and then of that. */
  subsets(): { nfa: Factory<NFA.Node>; dfa: Factory<DFA.Node> }
  weigh(characters: CharSet): void
}

/** The budget of one spec. What it makes throws TooManyNodesError when it is spent. */
export function createBudget(): Budget {
  let spent = 0
  let cost = 1
  const counted = <Node>(factory: Factory<Node>, weight = () => 1): Factory<Node> => ({
    createNode() {
      spent += cost * weight()
      if (spent > MAX_COST) throw new TooManyNodesError(`${spent} spent`)
      return factory.createNode()
    },
  })
  return {
    dfa: counted(DFA.nodeFactory),
    subsets() {
      let nodes = 0
      const nfa = counted(NFA.nodeFactory, () => {
        nodes++
        return 1
      })
      return { nfa, dfa: counted(DFA.nodeFactory, () => 1 + nodes / NODES_PER_COST) }
    },
    weigh({ ranges }) {
      cost = Math.max(cost, 1 + ranges.length / RANGES_PER_COST)
    },
  }
}

/** The smallest automaton of an expression. */
export function automaton(expression: Sequence, nodes: Budget): Language {
  const { nfa, dfa } = nodes.subsets()
  return smallest(DFA.fromFA(NFA.fromRegex(expression, OPTIONS, INFINITE, nfa), dfa))
}

/** The texts of both languages. */
export const both = (left: Language, right: Language, nodes: Budget): Language =>
  smallest(DFA.fromIntersection(left, right, nodes.dfa))

/** The language by its smallest automaton; the one given is changed. */
export function smallest(language: Language): Language {
  language.minimize()
  return language
}
