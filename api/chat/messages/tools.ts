import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import type { ChatTool, FunctionCall } from '../function-call.ts'

const customTool = z.looseObject({
  type: z
    .literal('custom', 'is no kind of tool that models here are given: send tools of your own alone')
    .nullish(),
  name: z.string(),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().nullish(),
})
const parallel = { disable_parallel_tool_use: z.boolean().nullish() }

/** The fields of tools in Anthropic's Messages API. */
export const messagesToolFields = {
  tools: z.array(customTool).nullish(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.enum(['auto', 'any', 'none']), ...parallel }),
      z.looseObject({ type: z.literal('tool'), name: z.string(), ...parallel }),
    ])
    .nullish(),
}
const messagesTools = z.object(messagesToolFields)

const CHOICES = { auto: 'auto', any: 'required', none: 'none' } as const

/** The same fields as chat completions have them. */
export function toChatTools({ tools, tool_choice: choice }: z.infer<typeof messagesTools>) {
  if (!tools?.length) return {}
  return {
    tools: tools.map(toChatTool),
    ...(choice && {
      tool_choice:
        choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : CHOICES[choice.type],
    }),
    ...(choice?.disable_parallel_tool_use && { parallel_tool_calls: false }),
  }
}

function toChatTool({ name, description, input_schema, strict }: z.infer<typeof customTool>): ChatTool {
  const told = { ...(description != null && { description }), ...(strict != null && { strict }) }
  return { type: 'function', function: { name, ...told, parameters: input_schema } }
}

const object = z.record(z.string(), z.unknown())

/**
 * A call as a block of a message; none for one that was cut off, whose arguments are no object yet. Throws
 * `reply_invalid` for a whole one that has none.
 */
export function toolUse({ id, name, arguments: text }: FunctionCall, cutOff: boolean) {
  const input = object.safeParse(jsonOrNull(text))
  if (input.success) return [{ type: 'tool_use', id, name, input: input.data }]
  if (cutOff) return []
  const message = `The model called '${name.slice(0, 128)}' with arguments that are no JSON object: repeat the call.`
  throw new PlumblineError('reply_invalid', message)
}
