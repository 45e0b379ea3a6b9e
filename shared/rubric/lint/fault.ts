/** What a layer or a set of golden pairs is held to. */
export type Rule =
  | 'schema'
  | 'extends'
  | 'language'
  | 'unique_id'
  | 'id_prefix'
  | 'clause_count'
  | 'core_clause'
  | 'fatal_clause'
  | 'principles'
  | 'length'
  | 'plain_line'
  | 'names_a_side'
  | 'instructs_the_judge'
  | 'near_duplicate'
  | 'contradiction'

/** One thing that is wrong: where it is, what the rule asks for and what stands there. Plain data. */
export type Fault<R extends string = Rule> = {
  rule: R
  /** The id of the clause or pair, or null where the fault is not in one. */
  clause: string | null
  field: string | null
  expected: string
  received: string
}

const SHOWN = 120

/** A value as a fault quotes it: JSON, cut where it is long. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`
}

/** A fault in a sentence. */
export function sentenceOf({ clause, field, expected, received }: Fault<string>): string {
  const place = [clause === null ? '' : `'${clause}'`, field ?? ''].filter((part) => part !== '').join(', ')
  return `${place === '' ? 'The whole' : place}: expected ${expected}, received ${received}.`
}
