import * as z from 'zod'
import { singleOrders } from '../official/single-orders.ts'
import { defineLayout } from './layout.ts'
import { pairTask } from './pairs.ts'

/** LLMBar: `label` says which of the two outputs is better. Scored over single orders, and by their agreement. */
export const llmbar = defineLayout({
  name: 'llmbar',
  item: "item in LLMBar's layout",
  keys: ['input'],
  schema: z.object({
    input: z.string(),
    output_1: z.string(),
    output_2: z.string(),
    label: z.union([z.literal(1), z.literal(2)]),
  }),
  suite(items) {
    const pairs = items.map(({ input, output_1, output_2, label }, index) => ({
      id: String(index + 1),
      prompt: input,
      responses: [output_1, output_2] as [string, string],
      label: label === 1 ? ('first' as const) : ('second' as const),
    }))
    return { tasks: pairs.map(pairTask), official: (results) => singleOrders(pairs, results) }
  },
})
