import type { JsonSchema } from '../../../../shared/model/language-model.ts'
import { createGrammarBuilder, type SpecGrammar } from '../grammar.ts'
import { createLanguages } from '../language.ts'
import { writeArray } from './array.ts'
import { casesOf } from './cases.ts'
import { requireModestSize } from './document.ts'
import { fits } from './fits.ts'
import { writeInteger, writeNumber } from './number.ts'
import { writeObject } from './object.ts'
import type { Plain, Schema, TypeName } from './plain.ts'
import { writeString } from './string.ts'
import type { Writer, WriteType } from './writer.ts'

const literal =
  (...texts: string[]): WriteType =>
  ({ builder }, from, _, to) =>
    builder.texts(from, texts, to)

const WRITERS: Readonly<Record<TypeName, WriteType>> = {
  null: literal('null'),
  boolean: literal('true', 'false'),
  integer: writeInteger,
  number: writeNumber,
  string: writeString,
  array: writeArray,
  object: writeObject,
}

/**
 * The JSON texts that fit a schema (draft 2020-12), written compactly: properties in the schema's order, no white
 * space but one space after a comma or colon where the model likes it. Not every text that fits is among them, but
 * none is that doesn't. Throws `invalid_request` for keywords that aren't enforced.
 */
export function schemaGrammar(document: JsonSchema): SpecGrammar {
  requireModestSize(document)
  const builder = createGrammarBuilder()
  const faults: string[] = []
  const cases = casesOf(document)
  const writer: Writer = {
    builder,
    cases,
    languages: createLanguages(),
    value: (schema) =>
      builder.rule(`value ${JSON.stringify(schema.map(({ path }) => path).sort())}`, (from, to) => {
        for (const plain of cases(schema)) writeCase(writer, from, plain, to)
      }),
    impossible: (path, why) => faults.push(`at ${path} it ${why}`),
  }
  const root: Schema = [{ path: '#', schema: document }]
  const grammar = builder.grammar(writer.value(root))
  return {
    grammar,
    unsatisfied: `No reply fits the schema: ${faults[0] ?? 'what it requires is false, empty or without end'}.`,
  }
}

function writeCase(writer: Writer, from: number, plain: Plain, to: number): void {
  if (plain.values) {
    const fitting = plain.values.filter((value) => fits(value, plain, writer.languages))
    if (fitting.length === 0) writer.impossible(plain.path, 'lists no value that fits its other keywords')
    const texts = fitting.map((value) => JSON.stringify(value))
    writer.builder.texts(from, texts, to)
    return
  }
  if (plain.types.length === 0) writer.impossible(plain.path, 'requires types that exclude each other')
  const types = plain.types.filter((type) => type !== 'integer' || !plain.types.includes('number'))
  for (const type of types) WRITERS[type](writer, from, plain, to)
}
