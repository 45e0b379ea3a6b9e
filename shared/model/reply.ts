import { jsonrepair } from 'jsonrepair'
import * as z from 'zod'
import { PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { GenerateOptions, JsonSchema, LanguageModel } from './language-model.ts'
import { withoutThoughts } from './thoughts.ts'

/**
 * Asks for JSON of a schema and reads it. Throws `reply_truncated`, `reply_not_json` or `reply_invalid`: what
 * can't be read is an error, never an invented answer.
 */
export async function ask<Schema extends z.ZodType>(
  model: Pick<LanguageModel, 'generate'>,
  messages: Message[],
  { name, schema, ...options }: Omit<GenerateOptions, 'schema'> & { name: string; schema: Schema },
): Promise<z.infer<Schema>> {
  const generation = await model.generate(messages, {
    ...options,
    schema: { name, schema: toJsonSchema(schema) },
  })
  if (generation.finish === 'length') {
    throw new PlumblineError('reply_truncated', `The judge's ${name} reply was cut off by its token limit.`)
  }
  const parsed = schema.safeParse(parseJson(withoutThoughts(generation.text), name))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const place = issue?.path.join('.') || 'its top level'
  throw new PlumblineError(
    'reply_invalid',
    `The judge's ${name} reply breaks its schema at ${place}: ${issue?.message}.`,
  )
}

/**
 * The JSON in a reply: the whole of it where it begins as JSON, however many fences its strings quote; else what
 * stands in its fences, or in the last of them. Slips such as a trailing comma are repaired, but only in a reply that ends
 * where JSON ends: one that stops half-way must not be closed for it. Throws `reply_not_json`.
 */
export function parseJson(text: string, name: string): unknown {
  const whole = text.trim()
  const bodies = /^[{[]/.test(whole) ? [whole] : fenced(whole)
  for (const read of [JSON.parse, parseMended]) {
    for (const body of bodies) {
      try {
        return read(body)
      } catch {
        // the next way of reading it may do
      }
    }
  }
  throw new PlumblineError(
    'reply_not_json',
    `The judge's ${name} reply is not JSON: it starts ${JSON.stringify(whole.slice(0, 60))}.`,
  )
}

function fenced(text: string): string[] {
  const outermost = /```(?:json)?([\s\S]*)```/.exec(text)
  const last = [...text.matchAll(/```(?:json)?([\s\S]*?)```/g)].at(-1)
  return [outermost, last].flatMap((match) => match?.[1]?.trim() ?? [])
}

function parseMended(body: string): unknown {
  if (!/^[{[]/.test(body) || !/[}\]]$/.test(body) || !isBalanced(body)) throw new SyntaxError('not whole')
  return JSON.parse(jsonrepair(body))
}

function isBalanced(body: string): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < body.length; at++) {
    const char = body[at]
    if (quoted && char === '\\') at++
    else if (char === '"') quoted = !quoted
    else if (!quoted && (char === '{' || char === '[')) depth++
    else if (!quoted && (char === '}' || char === ']')) depth--
  }
  return depth === 0 && !quoted
}

/** Bounds that strict structured output refuses on some servers; what breaks them is found when the reply is read. */
const BOUNDS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minimum', 'maximum'] as const

/** The schema in the form that OpenAI-compatible servers take in `response_format`. */
function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    override({ jsonSchema }) {
      for (const bound of BOUNDS) delete jsonSchema[bound]
    },
  })
  return rest
}
