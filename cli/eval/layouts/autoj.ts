import * as z from 'zod'
import { consistentAgreement } from '../official/autoj.ts'
import type { Pair } from '../task.ts'
import { defineLayout } from './layout.ts'
import { pairTask } from './pairs.ts'

const LABELS = ['first', 'second', 'tie'] as const

/** Auto-J's pairwise set: 58 scenarios, 0 the first, 1 the second, 2 a tie, by people. */
export const autoj = defineLayout({
  name: 'autoj',
  item: "pair in Auto-J's layout",
  keys: ['scenario', 'response 1'],
  schema: z.object({
    scenario: z.string(),
    prompt: z.string(),
    'response 1': z.string(),
    'response 2': z.string(),
    label: z.union([z.enum(['0', '1', '2']).transform(Number), z.literal([0, 1, 2])]),
  }),
  suite(items) {
    const pairs = items.map(
      (item, index): Pair => ({
        id: String(index + 1),
        group: item.scenario,
        prompt: item.prompt,
        responses: [item['response 1'], item['response 2']],
        label: LABELS[item.label] ?? 'tie',
      }),
    )
    return { tasks: pairs.map(pairTask), official: (results) => consistentAgreement(pairs, results) }
  },
})
