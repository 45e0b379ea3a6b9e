import { PlumblineError } from '../protocol/error.ts'
import { explain, jsonOrNull } from '../protocol/parse.ts'
import { verifierSpec } from '../verify/verifiers.ts'
import { verify } from '../verify/verify.ts'
import { MOST_ROWS, type Row, row } from './run.ts'

/** Characters of one row: a row of the store holds 2 MB. */
const MOST_CHARACTERS = 500_000

/** The rows of a file of lines of JSON. Throws `invalid_training_file` that names the line. */
export function readRows(text: string): Row[] {
  const rows = text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return []
    const parsed = row.safeParse(jsonOrNull(line.replace(/^\uFEFF/, '')))
    if (parsed.success) return [parsed.data]
    throw wrongRow(index + 1, explain(parsed.error).message)
  })
  if (rows.length === 0) throw new PlumblineError('invalid_training_file', 'The file holds no row.')
  if (rows.length <= MOST_ROWS) return rows
  const message = `The file has ${rows.length} rows: split it into files of ${MOST_ROWS} at most.`
  throw new PlumblineError('invalid_training_file', message)
}

/** Throws `invalid_request` for the first row that is too long, or whose item does not fit the schema. */
export async function requireRows(
  rows: readonly Row[],
  schema: Record<string, unknown> | null,
): Promise<void> {
  const spec = schema && verifierSpec.parse({ kind: 'json_schema', schema })
  for (const [index, one] of rows.entries()) {
    const { length } = JSON.stringify(one)
    if (length > MOST_CHARACTERS)
      throw wrongRow(index + 1, `It has ${length} characters: send at most ${MOST_CHARACTERS}.`)
    const [result] = spec ? await verify([spec], { prompt: null, response: JSON.stringify(one.item) }) : []
    if (result?.passed === false)
      throw wrongRow(index + 1, `Its item does not fit item_schema: ${result.received}.`)
  }
}

function wrongRow(number: number, why: string): PlumblineError {
  return new PlumblineError('invalid_request', `Row ${number} can't be graded. ${why}`, {
    param: `row ${number}`,
  })
}
