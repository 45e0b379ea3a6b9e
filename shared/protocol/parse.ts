import type * as z from 'zod'
import { ERROR_CODES, type ErrorCode, PlumblineError } from './error.ts'
import { nearest } from './nearest.ts'

type Issue = z.core.$ZodIssue

/** The value as the schema has it; otherwise throws one `PlumblineError` for the first thing that is wrong. */
export function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw explain(parsed.error, value)
}

/**
 * The first issue of a zod error as the house's own error: one sentence that names the field. Given the value that was
 * read, a word that is none of a long list is answered with the words that are nearest to it.
 */
export function explain(error: z.core.$ZodError, value?: unknown): PlumblineError {
  const [first] = error.issues
  if (!first) return new PlumblineError('invalid_request', 'The request is not valid.')
  const issue = deepest(first)
  const param = pathOf(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const unknown = pathOf([...issue.path, issue.keys[0] ?? ''])
    return new PlumblineError('unknown_field', `Unknown field '${unknown}': remove it.`, { param: unknown })
  }
  const subject = param === '' ? 'The body' : `'${param}'`
  return new PlumblineError(codeOf(issue), `${subject} ${complaint(issue, at(value, issue.path))}.`, {
    param: param || undefined,
  })
}

/**
 * Of a union's branches, the one that got furthest before it failed is the one that the caller meant; of those
 * that got equally far, one whose type fits.
 */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue
  let best: Issue | undefined
  for (const [branchIssue] of issue.errors) {
    if (!branchIssue) continue
    const inner = deepest({ ...branchIssue, path: [...issue.path, ...branchIssue.path] })
    const further = inner.path.length - (best?.path.length ?? -1)
    if (!best || further > 0 || (further === 0 && ofWrongType(best))) best = inner
  }
  if (!best) return issue
  return best.path.length > issue.path.length || !ofWrongType(best) ? best : issue
}

function ofWrongType({ code }: Issue): boolean {
  return code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union'
}

/** A schema's refinement may name the code of its error: `params: { code }`. */
function codeOf(issue: Issue): ErrorCode {
  const named: unknown = issue.code === 'custom' ? issue.params?.code : undefined
  return typeof named === 'string' && isErrorCode(named) ? named : 'invalid_request'
}

function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(ERROR_CODES, name)
}

/** Our own messages continue the sentence, so they begin in lower case; zod's are put in our words. */
function complaint(issue: Issue, received: unknown): string {
  if (/^[a-z]/.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}`
    case 'invalid_union':
      return `must be ${unionOf(issue, received)}`
    case 'invalid_value':
      return `must be ${oneOf(issue.values, received)}`
    case 'too_small':
      return `must be at least ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `must be at most ${issue.maximum}${unit(issue.origin)}`
    case 'invalid_key':
      return `is a name that can't be used: it ${issue.issues[0]?.message ?? 'is of another form'}`
    default:
      return `is not valid: ${issue.message}`
  }
}

function unionOf(issue: Extract<Issue, { code: 'invalid_union' }>, received: unknown): string {
  const options: unknown = 'options' in issue ? issue.options : undefined
  if (Array.isArray(options)) return oneOf(options, received)
  const kinds = issue.errors.flatMap(([first]) => {
    if (first?.code === 'invalid_type') return article(first.expected)
    return first?.code === 'invalid_value' ? oneOf(first.values, received) : []
  })
  return kinds.length > 0 ? [...new Set(kinds)].join(' or ') : 'of another form'
}

/** Most values that a message lists; of more, those nearest to what was received. */
const MOST_LISTED = 16

function oneOf(values: readonly unknown[], received: unknown): string {
  const listed = values.length <= MOST_LISTED ? values : nearest(values.map(String), String(received ?? ''))
  const shown = listed.map((value) => JSON.stringify(value) ?? String(value))
  if (shown.length < values.length) {
    return `one of the ${values.length} that the documentation lists, such as ${shown.join(', ')}`
  }
  return shown.length === 1 ? shown.join('') : `one of ${shown.join(', ')}`
}

/** What stands at a path of the value; undefined where nothing does. */
function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key)
        : undefined,
    value,
  )
}

function article(kind: string): string {
  return kind === 'int' ? 'a whole number' : `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long'
  return origin === 'array' ? ' items long' : ''
}

/** Most characters of a path that are told: a field's name may be as long as the body. */
const LONGEST_PATH = 256

function pathOf(path: readonly PropertyKey[]): string {
  const whole = path.map(String).join('.')
  return whole.length <= LONGEST_PATH ? whole : `${whole.slice(0, LONGEST_PATH - 1)}…`
}

/** JSON text as a value; null where it is not JSON, for a schema to refuse. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
