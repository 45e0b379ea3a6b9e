import * as z from 'zod'
import type { ChatTool } from '../function-call.ts'

const functionTool = z.looseObject({
  type: z.literal('function', 'is no kind of tool that models here are given: send functions alone'),
  name: z.string(),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
})

/** The fields of tools in OpenAI's Responses API. */
export const responsesToolFields = {
  tools: z.array(functionTool).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), name: z.string() }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
}
const responsesTools = z.object(responsesToolFields)

/** The same fields as chat completions have them. */
export function toChatTools({ tools, tool_choice, parallel_tool_calls }: z.infer<typeof responsesTools>) {
  if (!tools?.length) return {}
  const choice =
    typeof tool_choice === 'object' && tool_choice !== null
      ? { type: 'function', function: { name: tool_choice.name } }
      : tool_choice
  return {
    tools: tools.map(toChatTool),
    ...(choice != null && { tool_choice: choice }),
    ...(parallel_tool_calls != null && { parallel_tool_calls }),
  }
}

function toChatTool({ name, description, parameters, strict }: z.infer<typeof functionTool>): ChatTool {
  const told = {
    ...(description != null && { description }),
    ...(parameters != null && { parameters }),
    ...(strict != null && { strict }),
  }
  return { type: 'function', function: { name, ...told } }
}

/** The fields as a response repeats them. */
export function shownTools({ tools, tool_choice, parallel_tool_calls }: z.infer<typeof responsesTools>) {
  const shown = (tools ?? []).map(({ type, name, description, parameters, strict }) => ({
    ...{ type, name, parameters: parameters ?? null, strict: strict ?? null },
    ...(description != null && { description }),
  }))
  return {
    parallel_tool_calls: parallel_tool_calls ?? true,
    tool_choice: tool_choice ?? 'auto',
    tools: shown,
  }
}
