import type { GrammarBuilder } from '../grammar.ts'
import type { Languages } from '../language.ts'
import type { Cases } from './cases.ts'
import type { Plain, Schema } from './plain.ts'

/** What the writers of the types share. */
export type Writer = {
  builder: GrammarBuilder
  cases: Cases
  languages: Languages
  /** The rule that reads a value of the schema. */
  value(schema: Schema): number
  /** Notes that a place of the schema can't be satisfied. */
  impossible(path: string, why: string): void
}

/** Reads a value of one type of a plain schema. */
export type WriteType = (writer: Writer, from: number, plain: Plain, to: number) => void

/** Reads a comma or colon and, if the model likes, a space: no other white space is written. */
export function readSeparator(builder: GrammarBuilder, from: number, separator: ',' | ':', to: number): void {
  builder.texts(from, [separator, `${separator} `], to)
}
