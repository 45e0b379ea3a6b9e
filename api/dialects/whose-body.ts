import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Dialect } from './dialect.ts'

/**
 * The dialect that a body is in, by its fields. One whose marks are all among those of another that fits gives way to it:
 * `{query, texts}` is not what `{query}` is. Throws `invalid_request`, naming what each wants, where none or several fit.
 */
export function whoseBody(body: unknown, dialects: readonly Dialect[], path: string): Dialect {
  const fields = new Set(typeof body === 'object' && body !== null ? Object.keys(body) : [])
  const fitting = dialects.filter(({ marks }) => marks.every((mark) => fields.has(mark)))
  const [first, ...others] = fitting.filter((one) => !fitting.some((other) => isPartOf(one, other)))
  if (first && others.length === 0) return first
  const wants = (some: readonly Dialect[]) =>
    some.map(({ name, marks }) => `${name} sends ${marks.join(' and ')}`).join(', ')
  const message = first
    ? `The body mixes dialects: ${wants([first, ...others])}. Send the fields of one, or call /rlhf/NAME or /inference/NAME.`
    : `The body is in none of the dialects of '${path}': ${wants(dialects)}.`
  throw new PlumblineError('invalid_request', message)
}

function isPartOf(one: Dialect, other: Dialect): boolean {
  return one.marks.length < other.marks.length && one.marks.every((mark) => other.marks.includes(mark))
}
