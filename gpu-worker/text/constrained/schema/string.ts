import { LAST_CHARACTER } from '../characters.ts'
import { readJsonCharacter } from '../json-text.ts'
import { type Language, type Languages, readLanguage } from '../language.ts'
import { FORMATS } from './formats.ts'
import { type Plain, refuse } from './plain.ts'
import type { Writer, WriteType } from './writer.ts'

type Text = Pick<Plain, 'path' | 'minLength' | 'maxLength' | 'patterns' | 'formats'>

export const writeString: WriteType = (writer, from, plain, to) => writeText(writer, from, plain, [], to)

/** Reads a JSON string within the bounds of `text` that is none of `except`. */
export function writeText(
  writer: Writer,
  from: number,
  text: Text,
  except: readonly string[],
  to: number,
): void {
  const { builder, languages } = writer
  const { path, minLength, maxLength } = text
  if (minLength > maxLength) {
    writer.impossible(path, `has minLength ${minLength} above maxLength ${maxLength}`)
    return
  }
  const [open, close] = [builder.state(), builder.state()]
  builder.texts(from, ['"'], open)
  builder.texts(close, ['"'], to)
  const place = nameOf(path)
  const all = conditions(text, languages)
  if (except.length > 0) all.push(languages.allBut(except, place))
  if (all.length === 0) {
    builder.call(open, character(writer), close, minLength, maxLength)
    return
  }
  if (minLength > 0 || maxLength < Number.POSITIVE_INFINITY) {
    all.push(languages.length(minLength, maxLength, place))
  }
  const language = languages.common(all, place)
  if (language.isEmpty) writer.impossible(path, 'has a pattern, format and length that no string fits')
  readLanguage(builder, open, language, readJsonCharacter, close)
}

/** Whether a string fits. */
export function fitsText(value: string, text: Text, languages: Languages): boolean {
  const characters = Array.from(value, (character) => character.codePointAt(0) ?? 0)
  const { minLength, maxLength } = text
  if (characters.length < minLength || characters.length > maxLength) return false
  return conditions(text, languages).every((language) => language.test(characters))
}

function conditions({ path, patterns, formats }: Text, languages: Languages): Language[] {
  const known = formats.map((format) => {
    const pattern = FORMATS.get(format)
    if (pattern === undefined)
      throw refuse(path, `uses format ${format}, which constrained output doesn't enforce`)
    return languages.pattern(pattern, 'whole', nameOf(path))
  })
  return [...patterns.map((pattern) => languages.pattern(pattern, 'somewhere', nameOf(path))), ...known]
}

const nameOf = (path: string) => `The pattern at ${path}`

/** The rule of any one character of a string. */
function character({ builder }: Writer): number {
  return builder.rule('character', (from, to) => readJsonCharacter(builder, from, [[0, LAST_CHARACTER]], to))
}
