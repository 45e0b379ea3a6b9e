import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import { text } from '../../shared/protocol/text.ts'
import type { CallableFunction } from './prompts/function-call.ts'

const functionTool = z.object({
  type: z.literal('function', "isn't a kind of tool that this worker has: send functions alone"),
  function: z.object({
    name: z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/, 'must be up to 128 letters, digits and _ . -'),
    description: text.or(z.literal('')).nullish(),
    parameters: z
      .record(z.string(), z.unknown())
      .refine(({ type }) => type === undefined || type === 'object', "must be a schema of type 'object'")
      .nullish(),
  }),
})

/** OpenAI's fields of tools. `strict` and `parallel_tool_calls` make no difference: a call never breaks its schema. */
export const toolFields = {
  tools: z.array(z.unknown()).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
}

const chatTools = z.object(toolFields)
const functionTools = z.object({ tools: z.array(functionTool) })

/**
 * The function that the reply must call, or null for a reply of text. Only a call that the request forces is made: whether to
 * call one is nothing that a model here was trained to decide. Throws `invalid_request` where it is left to the model,
 * and where what is forced is not one function of the list.
 */
export function readForcedCall({ tools, tool_choice }: z.infer<typeof chatTools>): CallableFunction | null {
  const choice = tool_choice ?? 'auto'
  const given = tools ?? []
  if (choice === 'none' || (choice === 'auto' && given.length === 0)) return null
  if (choice === 'auto') {
    throw refused(
      "This worker calls a function only where 'tool_choice' forces it: name the function there, or leave 'tools' out.",
    )
  }
  const functions = parseWith(functionTools, { tools: given }).tools.map((tool) => tool.function)
  if (choice === 'required' && functions.length > 1) {
    throw refused(
      `This worker doesn't choose among functions: name one of the ${functions.length} in 'tool_choice'.`,
    )
  }
  const called =
    choice === 'required' ? functions[0] : functions.find(({ name }) => name === choice.function.name)
  if (!called)
    throw refused("'tool_choice' forces a call of a function that 'tools' doesn't have: describe it there.")
  const { name, description, parameters } = called
  return {
    name,
    description: description ?? '',
    parameters: parameters ? { type: 'object', ...parameters } : NO_PARAMETERS,
  }
}

const NO_PARAMETERS = { type: 'object', properties: {}, additionalProperties: false }

const refused = (sentence: string) =>
  new PlumblineError('invalid_request', sentence, { param: 'tool_choice' })
