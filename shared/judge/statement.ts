import type { Criterion } from '../protocol/rubric.ts'

/**
 * A criterion as prompts state it: title and description on one line, so that no criterion's text can pass for a
 * second criterion or for a label of the scale.
 */
export function statementOf({ title, description = '' }: Criterion): string {
  const stop = description === '' || /[.!?:]$/.test(title) ? ' ' : '. '
  return `${title}${stop}${description}`.replace(/\s+/g, ' ').trim()
}
