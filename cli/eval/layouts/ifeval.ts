import * as z from 'zod'
import { Failure } from '../../failure.ts'
import { instructionAccuracy } from '../official/ifeval.ts'
import { answersBy, defineLayout, leftOut } from './layout.ts'

/** IFEval and IFBench: prompts with instructions that programs check; the responses come from --responses or the lines. */
export const ifeval = defineLayout({
  name: 'ifeval',
  item: "prompt in IFEval's layout",
  keys: ['instruction_id_list', 'kwargs'],
  schema: z.object({
    key: z.union([z.string(), z.number()]),
    prompt: z.string(),
    instruction_id_list: z.array(z.string()).min(1),
    kwargs: z.array(z.record(z.string(), z.unknown()).nullable()),
    response: z.string().optional(),
  }),
  suite(items, { responses }) {
    const given = responses && answersBy(responses)
    const prompts = items.flatMap((item) => {
      const response = given?.get(item.prompt) ?? given?.get(String(item.key)) ?? item.response
      return response === undefined ? [] : [{ ...item, id: String(item.key), response }]
    })
    if (prompts.length === 0) {
      throw new Failure('No prompt has a response: give --responses, lines {"prompt", "response"}.')
    }
    return {
      tasks: prompts.map(({ id, prompt, response, instruction_id_list, kwargs }) => ({
        kind: 'check',
        id,
        prompt,
        response,
        verifiers: [false, true].flatMap((loose) =>
          instruction_id_list.map((kind, index) => ({ kind, ...kwargs[index], loose })),
        ),
      })),
      official: (results) => [
        ...instructionAccuracy(
          prompts.map(({ id, instruction_id_list }) => ({ id, instructions: instruction_id_list })),
          results,
        ),
        ...leftOut(items.length, prompts.length),
      ],
    }
  },
})
