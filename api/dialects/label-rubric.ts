import { PlumblineError } from '../../shared/protocol/error.ts'
import { explain, jsonOrNull } from '../../shared/protocol/parse.ts'
import { type RubricInput, rubricInput } from '../../shared/protocol/rubric.ts'

/**
 * The rubric that a label holds for its sample: JSON, {"criteria": [...]}, or the id of a stored one. Throws
 * `invalid_rubric` naming the label.
 */
export function rubricOfLabel(label: string, param: string): RubricInput | string {
  if (/^rub_[0-9a-f]+$/.test(label.trim())) return label.trim()
  const parsed = rubricInput.safeParse(jsonOrNull(label))
  if (parsed.success) return parsed.data
  const { message } = explain(parsed.error)
  const why = `'${param}' is no rubric, {"criteria": [...]} as JSON or the id of one: ${message}`
  throw new PlumblineError('invalid_rubric', why, { param })
}
