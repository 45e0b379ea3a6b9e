import * as z from 'zod'
import { bestOfN } from '../official/rewardbench2.ts'
import type { Task } from '../task.ts'
import { defineLayout } from './layout.ts'

/** RewardBench 2: the responses of a prompt, the chosen ones first, each with a number of its own. */
export const rewardbench2 = defineLayout({
  name: 'rewardbench2',
  item: "item in RewardBench 2's layout",
  keys: ['id', 'chosen', 'rejected', 'subset'],
  schema: z.object({
    id: z.union([z.string(), z.number()]),
    prompt: z.string(),
    chosen: z.array(z.string()).min(1),
    rejected: z.array(z.string()).min(1),
    subset: z.string(),
  }),
  suite(items, { rate }) {
    const prompts = items.map(({ id, prompt, chosen, rejected, subset }) => ({
      id: String(id),
      prompt,
      responses: [...chosen, ...rejected],
      chosen: chosen.length,
      subset,
    }))
    const tasks = prompts.flatMap(({ id, prompt, responses }): Task[] =>
      rate === 'openrs'
        ? [{ kind: 'group', id, prompt, responses }]
        : responses.map((response, index) => ({
            kind: 'response',
            id: `${id}:${index}`,
            prompt,
            response,
            rubric: null,
          })),
    )
    return { tasks, official: (results) => bestOfN(prompts, results) }
  },
})
