import * as z from 'zod'
import type { JsonSchema } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { text } from '../../shared/protocol/text.ts'
import type { ConstraintSpec } from '../text/constraint.ts'

const schema = z.record(z.string(), z.unknown())
/** vLLM also takes a schema as JSON text. */
const schemaOrText = z.preprocess((value) => (typeof value === 'string' ? jsonOrNull(value) : value), schema)
const choices = z.array(text).min(1, 'must hold a choice')

/** OpenAI's field. `strict` makes no difference: a reply never breaks its schema. */
export const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema }) }),
])

/** The fields by which clients of vLLM constrain a reply: the present one, and the older ones it replaces. */
export const guidedFields = {
  structured_outputs: z
    .strictObject({
      json: schemaOrText.optional(),
      regex: text.optional(),
      choice: choices.optional(),
      json_object: z.boolean().optional(),
    })
    .nullish(),
  guided_json: schemaOrText.nullish(),
  guided_regex: text.nullish(),
  guided_choice: choices.nullish(),
}

const constrained = z.object({ response_format: responseFormat.nullish(), ...guidedFields })

/**
 * What the reply must be, if anything: `called` is the schema of the arguments where it must call a function, and then
 * `response_format`, which is about text, says nothing. Throws `invalid_request` when a request says it twice.
 */
export function readConstraint(
  chat: z.infer<typeof constrained>,
  called: JsonSchema | undefined,
): ConstraintSpec | null {
  const { structured_outputs: outputs } = chat
  const specs = [
    { param: 'tool_choice', spec: fromSchema(called) },
    { param: 'response_format', spec: called ? null : fromFormat(chat.response_format) },
    { param: 'structured_outputs.json', spec: fromSchema(outputs?.json) },
    { param: 'structured_outputs.regex', spec: fromRegex(outputs?.regex) },
    { param: 'structured_outputs.choice', spec: fromChoices(outputs?.choice) },
    { param: 'structured_outputs.json_object', spec: outputs?.json_object ? JSON_OBJECT : null },
    { param: 'guided_json', spec: fromSchema(chat.guided_json) },
    { param: 'guided_regex', spec: fromRegex(chat.guided_regex) },
    { param: 'guided_choice', spec: fromChoices(chat.guided_choice) },
  ].filter(({ spec }) => spec !== null)
  const [first, second] = specs
  if (!first || !second) return first?.spec ?? null
  throw new PlumblineError(
    'invalid_request',
    `'${first.param}' and '${second.param}' both say what the reply must be: leave one of them out.`,
    { param: second.param },
  )
}

const JSON_OBJECT: ConstraintSpec = { kind: 'json_object' }

function fromFormat(format: z.infer<typeof constrained>['response_format']): ConstraintSpec | null {
  if (format?.type === 'json_schema') return fromSchema(format.json_schema.schema)
  return format?.type === 'json_object' ? JSON_OBJECT : null
}

function fromSchema(value: JsonSchema | null | undefined): ConstraintSpec | null {
  return value ? { kind: 'json_schema', schema: value } : null
}

function fromRegex(pattern: string | null | undefined): ConstraintSpec | null {
  return pattern ? { kind: 'regex', pattern } : null
}

function fromChoices(list: string[] | null | undefined): ConstraintSpec | null {
  return list ? { kind: 'choice', choices: list } : null
}
