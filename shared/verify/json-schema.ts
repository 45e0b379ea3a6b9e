import { type OutputUnit, type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema'
import * as z from 'zod'
import { canonicalJson } from '../identity/canonical-json.ts'
import { parseJson } from './json-text.ts'
import { metered, ReadLimitReached } from './meter.ts'
import { MAX_WORK } from './pattern.ts'
import { quote } from './quote.ts'
import { findSchemaFault } from './schema-fault.ts'
import type { JsonSchema } from './schema-keywords.ts'
import { type InstanceFacts, tamed } from './schema-taming.ts'
import { TooMuchText } from './text-sieve.ts'
import { defineVerifier, invalidVerifier, type Outcome, verifierName } from './verifier.ts'

/** Reads that a validation may make of schema and instance together: about a second of work. */
const MAX_READS = 4_000_000
/** Validators look at a whole string at once, so long strings count for more reads. */
const MAX_CHARACTER_READS = 2e10
const MAX_INSTANCE_DEPTH = 128

export const jsonSchema = defineVerifier({
  kind: 'json_schema',
  summary:
    'The whole response is JSON that fits a JSON Schema (2020-12 unless $schema says otherwise). Patterns run in linear time, references stay inside the schema, $dynamicRef is refused.',
  schema: z
    .strictObject({
      kind: z.literal('json_schema'),
      name: verifierName,
      schema: z.union([z.record(z.string(), z.unknown()), z.boolean()]),
      fenced: z
        .boolean()
        .default(false)
        .describe('A response that is one ```json fence counts as its content.'),
    })
    .superRefine(({ schema }, context) => {
      const fault = findSchemaFault(schema)
      if (fault === null) return
      context.addIssue({ code: 'custom', path: ['schema'], ...invalidVerifier(fault) })
    }),
  run({ schema, fenced }, { response, share }) {
    const expected = `JSON of the schema ${quote(JSON.stringify(schema))}`
    const parsed = parseJson(response, fenced)
    if (!parsed.ok) return { passed: false, expected, received: `${quote(response)} (${parsed.message})` }
    return { expected, ...validate(parsed.value, schema, quote(response), share) }
  },
})

function validate(
  value: unknown,
  schema: JsonSchema,
  received: string,
  share: number,
): Omit<Outcome, 'expected'> {
  const untold = (reason: string) => ({ passed: null, received, reason })
  const facts: InstanceFacts = { texts: new Set(), repeats: false }
  if (!learn(value, facts, 0)) return untold(`The response nests deeper than ${MAX_INSTANCE_DEPTH} levels.`)
  const longest = [...facts.texts].reduce((length, text) => Math.max(length, text.length), 1)
  const allowance = { reads: Math.min(MAX_READS, MAX_CHARACTER_READS / longest) * share }
  try {
    const validator = new Validator(
      metered<Schema | boolean>(tamed(schema, facts, MAX_WORK * share), allowance),
      draftOf(schema),
    )
    const { valid, errors } = validator.validate(metered(value, allowance))
    return { passed: valid, received: valid ? received : `${received} (${explain(errors)})` }
  } catch (error) {
    if (error instanceof ReadLimitReached) return untold('Checking the response takes too many steps.')
    if (error instanceof TooMuchText) {
      return untold("The schema's patterns are too large for a response of this length.")
    }
    if (error instanceof RangeError) return untold('The schema refers to itself without end.')
    const [why] = String(error instanceof Error ? error.message : error).split('\n')
    return untold(`The schema can't be applied: ${why?.replace(/\.$/, '')}.`)
  }
}

/** Learns the facts of a value; false when it nests too deeply. */
function learn(value: unknown, facts: InstanceFacts, depth: number): boolean {
  if (typeof value === 'string') facts.texts.add(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth >= MAX_INSTANCE_DEPTH) return false
  if (!Array.isArray(value)) for (const key of Object.keys(value)) facts.texts.add(key)
  if (!Object.values(value).every((inner) => learn(inner, facts, depth + 1))) return false
  if (Array.isArray(value)) facts.repeats ||= new Set(value.map(canonicalJson)).size < value.length
  return true
}

function draftOf(schema: JsonSchema): SchemaDraft {
  const declared = typeof schema === 'object' ? String(schema.$schema ?? '') : ''
  if (declared.includes('draft-04')) return '4'
  if (declared.includes('draft-06') || declared.includes('draft-07')) return '7'
  return declared.includes('2019-09') ? '2019-09' : '2020-12'
}

/** Where and why, from the innermost error. */
function explain(errors: OutputUnit[]): string {
  const innermost = errors.at(-1)
  if (innermost === undefined) return 'it does not fit'
  const { instanceLocation, keyword, error } = innermost
  const why = keyword === 'not' ? 'A pattern, a format or a "not" refuses it.' : error
  return `at ${instanceLocation}: ${why}`.slice(0, 300)
}
