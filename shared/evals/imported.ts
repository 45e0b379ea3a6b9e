import * as z from 'zod'
import { evalObject } from './eval.ts'
import { outputItem } from './output-item.ts'
import { evalRun } from './run.ts'

/** Most levels under which the objects of an export are looked for. */
const MOST_DEPTH = 8

const SCHEMAS = { eval: evalObject, 'eval.run': evalRun, 'eval.run.output_item': outputItem } as const
type Kind = keyof typeof SCHEMAS

/** `POST /v1/eval_imports`: objects as OpenAI's API returns them, in any order. */
export const importRequest = z
  .object({
    evals: z.array(evalObject).default([]),
    runs: z.array(evalRun).default([]),
    output_items: z.array(outputItem).default([]),
  })
  .meta({ id: 'ImportEvalsRequest' })
export type ImportRequest = z.infer<typeof importRequest>

/** What was taken over, and the ids that it has here by those that it had. */
export const importReply = z
  .object({
    object: z.literal('eval.import'),
    evals: z.record(z.string(), z.string()),
    runs: z.record(z.string(), z.string()),
    output_items: z.int(),
  })
  .meta({ id: 'EvalImport' })
export type ImportReply = z.infer<typeof importReply>

/** Objects of an export, as they were found. */
export type Exported = { evals: object[]; runs: object[]; output_items: object[] }

const PLACES: Record<Kind, keyof Exported> = {
  eval: 'evals',
  'eval.run': 'runs',
  'eval.run.output_item': 'output_items',
}

/**
 * The evals, runs and output items in a value that an export holds: an object, a list, a page of a list, or objects of
 * these by name, as scripts nest them. What lies in a found object is its own, but for lists of runs and output items.
 */
export function findExported(
  value: unknown,
  found: Exported = { evals: [], runs: [], output_items: [] },
  depth = 0,
): Exported {
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return found
  const kind = 'object' in value && typeof value.object === 'string' ? value.object : ''
  const known = isKind(kind)
  if (known) found[PLACES[kind]].push(value)
  for (const [key, inner] of Object.entries(value)) {
    if (!known || key === 'runs' || key === 'output_items') findExported(inner, found, depth + 1)
  }
  return found
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(SCHEMAS, kind)
}
