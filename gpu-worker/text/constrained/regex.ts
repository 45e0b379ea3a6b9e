import { readCharacter } from './characters.ts'
import { createGrammarBuilder, type SpecGrammar } from './grammar.ts'
import { createLanguages, readLanguage } from './language.ts'

/** The replies that a regular expression matches from their first character to their last. */
export function regexGrammar(pattern: string): SpecGrammar {
  const language = createLanguages().pattern(pattern, 'whole', 'The regular expression')
  const builder = createGrammarBuilder()
  const start = builder.rule('regex', (from, to) => readLanguage(builder, from, language, readCharacter, to))
  return {
    grammar: builder.grammar(start),
    unsatisfied: 'The regular expression matches no text that the model can write; change it.',
  }
}
