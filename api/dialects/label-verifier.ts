import { PlumblineError } from '../../shared/protocol/error.ts'
import { explain, jsonOrNull } from '../../shared/protocol/parse.ts'
import { type VerifierSpec, verifierSpec } from '../../shared/verify/verifiers.ts'

type LabelKind = (typeof LABEL_KINDS)[number]

/** The verifiers that one label can say everything for. */
export const LABEL_KINDS = ['exact', 'contains', 'regex', 'numeric_answer', 'json_schema'] as const

const FIELDS: Record<LabelKind, (label: string) => object> = {
  exact: (value) => ({ value }),
  contains: (value) => ({ values: [value] }),
  regex: (pattern) => ({ pattern }),
  numeric_answer: (value) => ({ value }),
  json_schema: (schema) => ({ schema: jsonOrNull(schema) }),
}

/** The verifier that checks a response by its label. Throws `invalid_verifier` when the label is no value for it. */
export function verifierOfLabel(kind: LabelKind, label: string, param: string): VerifierSpec {
  const parsed = verifierSpec.safeParse({ kind, ...FIELDS[kind](label) })
  if (parsed.success) return parsed.data
  const { message } = explain(parsed.error)
  throw new PlumblineError('invalid_verifier', `'${param}' is no value for ${kind}: ${message}`, { param })
}
