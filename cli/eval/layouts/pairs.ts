import * as z from 'zod'
import { winner } from '../../../shared/protocol/judgment.ts'
import { prompt } from '../../../shared/protocol/message.ts'
import type { Pair, Task } from '../task.ts'
import { defineLayout } from './layout.ts'

const item = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  prompt,
  responses: z.tuple([z.string(), z.string()]),
  label: winner,
  group: z.string().exactOptional(),
  reference: z.string().exactOptional(),
  constraints: z.array(z.unknown()).exactOptional(),
  annotators: z.array(winner).exactOptional(),
  authors: z.tuple([z.string(), z.string()]).exactOptional(),
})

/** Our own lines. */
export const pairs = defineLayout({
  name: 'pairs',
  item: 'pair',
  keys: ['prompt', 'responses'],
  schema: item,
  suite: (items) => ({
    tasks: items.map((one, index) => pairTask({ ...one, id: String(one.id ?? index + 1) })),
    official: () => [],
  }),
})

/** A pair as a task of its own. */
export const pairTask = (pair: Pair): Task => ({ kind: 'pair', id: pair.id, pair })
