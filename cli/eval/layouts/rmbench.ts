import * as z from 'zod'
import { STYLES, styleMatrix } from '../official/rmbench.ts'
import type { Pair } from '../task.ts'
import { defineLayout } from './layout.ts'
import { pairTask } from './pairs.ts'

const three = z.tuple([z.string(), z.string(), z.string()])

/** RM-Bench: chosen and rejected in three styles each; every chosen one is judged against every rejected one. */
export const rmbench = defineLayout({
  name: 'rmbench',
  item: "item in RM-Bench's layout",
  keys: ['id', 'chosen', 'rejected', 'error'],
  schema: z.object({
    id: z.union([z.string(), z.number()]),
    prompt: z.string(),
    chosen: three,
    rejected: three,
    domain: z.string().optional(),
  }),
  suite(items) {
    const cells = items.flatMap((item) =>
      STYLES.flatMap((_, chosen) =>
        STYLES.map((_, rejected) => {
          const pair: Pair = {
            id: `${item.id}:${chosen}${rejected}`,
            prompt: item.prompt,
            responses: [item.chosen[chosen] ?? '', item.rejected[rejected] ?? ''],
            label: 'first',
            ...(item.domain !== undefined && { group: item.domain }),
          }
          return { pair: turned(pair, chosen + rejected), chosen, rejected }
        }),
      ),
    )
    return {
      tasks: cells.map(({ pair }) => pairTask(pair)),
      official: (results) => styleMatrix(cells, results),
    }
  },
})

/** Every other pair turned round, so that no place is always the better one. */
function turned(pair: Pair, index: number): Pair {
  const [first, second] = pair.responses
  return index % 2 === 0 ? pair : { ...pair, responses: [second, first], label: 'second' }
}
