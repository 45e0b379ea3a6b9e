import * as z from 'zod'
import type { VerifierSpec } from '../verifiers.ts'
import { verifierSpec } from '../verifiers.ts'

/** The checks that a model may compose: few, and each with arguments that are hard to get wrong. */
const CHECKS = [
  'contains_all',
  'contains_any',
  'contains_none',
  'begins_with',
  'ends_with',
  'matches',
  'words',
  'characters',
  'lines',
  'sentences',
  'paragraphs',
  'bullets',
  'links',
  'json',
  'language',
  'program',
] as const

const SCOPES = [
  'response',
  'first_line',
  'last_line',
  'first_paragraph',
  'last_paragraph',
  'each_line',
  'each_paragraph',
  'each_sentence',
] as const

const check = z.strictObject({
  check: z.enum(CHECKS),
  scope: z.enum(SCOPES),
  negate: z.boolean(),
  values: z.array(z.string()),
  min: z.int().nullable(),
  max: z.int().nullable(),
  case_sensitive: z.boolean(),
})
type Check = z.infer<typeof check>

/** What a model writes: flat and with every field there, so that strict structured output takes it. */
export const draft = z.strictObject({
  checkable: z.boolean(),
  join: z.enum(['all', 'any']),
  checks: z.array(check).max(16),
  passing_example: z.string(),
  failing_example: z.string(),
})
export type Draft = z.infer<typeof draft>

/** The draft as a verifier, held against the very schema that callers' verifiers are. Throws zod's error. */
export function verifierOf({ join, checks }: Draft, name: string): VerifierSpec {
  const of = checks.map(scoped)
  const [only] = of
  return verifierSpec.parse(of.length === 1 ? { ...only, name } : { kind: join, name, of })
}

function scoped(one: Check): object {
  const { scope, negate } = one
  const of = negate ? { kind: 'not', of: plain(one) } : plain(one)
  if (scope === 'response') return of
  const [each, unit] = scope.split('_')
  return each === 'each' ? { kind: 'each', over: `${unit}s`, of } : { kind: 'part', select: scope, of }
}

const counted = ({ min, max }: Check) => ({ ...(min !== null && { min }), ...(max !== null && { max }) })

function plain(one: Check): object {
  const { check: kind, values, case_sensitive } = one
  const [value = ''] = values
  switch (kind) {
    case 'contains_all':
    case 'contains_any':
    case 'contains_none':
      return { kind: 'contains', values, match: kind.slice('contains_'.length), case_sensitive }
    case 'begins_with':
      return { kind: 'affix', prefix: value, case_sensitive }
    case 'ends_with':
      return { kind: 'affix', suffix: value, case_sensitive }
    case 'matches':
      return { kind: 'regex', pattern: value, flags: case_sensitive ? 'm' : 'im' }
    case 'words':
      return { kind: 'word_count', ...counted(one) }
    case 'links':
      return { kind: 'links', ...counted(one), https: false }
    case 'json':
      return { kind: 'json_valid', fenced: true }
    case 'language':
      return { kind: 'language', languages: values }
    case 'program':
      return { kind: 'program', language: 'javascript', source: values.join('\n') }
    default:
      return { kind: 'text_count', unit: kind, ...counted(one) }
  }
}
