import { PlumblineError } from '../../../shared/protocol/error.ts'
import { createGrammarBuilder, type SpecGrammar } from './grammar.ts'

/** The replies that are exactly one of the choices. */
export function choiceGrammar(choices: readonly string[]): SpecGrammar {
  const broken = choices.find((choice) => choice === '' || !choice.isWellFormed())
  if (broken !== undefined) {
    throw new PlumblineError(
      'invalid_request',
      `Each choice must be a text with at least one character; ${JSON.stringify(broken)} is not.`,
    )
  }
  const builder = createGrammarBuilder()
  const start = builder.rule('choice', (from, to) => builder.texts(from, choices, to))
  return {
    grammar: builder.grammar(start),
    unsatisfied: choices.length
      ? 'The model has no tokens for the characters of any choice; choose others.'
      : 'A list of choices must have at least one.',
  }
}
