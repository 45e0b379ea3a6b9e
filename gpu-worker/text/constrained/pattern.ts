import { JS, TooManyNodesError } from 'refa'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type Budget, MAX_COST, oneOf, type Part, type Sequence, sequence, setOf } from './automata.ts'

const MAX_PATTERN = 1000
const SURROGATES = { min: 0xd800, max: 0xdfff }

/** Stand for the start and the end of a text while a pattern is read: no text holds them, being surrogates. */
export const START = 0xd800
export const END = 0xdfff

/** The character that stands for the start or the end. */
export const mark = (character: number): Part => oneOf(setOf({ min: character, max: character }))
/** Any character of a text. */
export const TEXT = oneOf(setOf(SURROGATES).negate())

/** The alternatives of a pattern, with the marks in place of its assertions. */
export function parsePattern(pattern: string, place: string, nodes: Budget): Sequence[] {
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
          if (element.id === '^') return mark(START)
          if (element.id === '$') return mark(END)
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
