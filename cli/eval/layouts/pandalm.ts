import * as z from 'zod'
import type { Winner } from '../../../shared/protocol/judgment.ts'
import { threeWay } from '../official/pandalm.ts'
import type { Pair } from '../task.ts'
import { defineLayout } from './layout.ts'
import { pairTask } from './pairs.ts'

const LABELS: Record<number, Winner> = { 0: 'tie', 1: 'first', 2: 'second' }
const label = z.literal([0, 1, 2])

/**
 * PandaLM's test set: three annotators, 0 a tie, 1 the first, 2 the second; the label is what most of them said, the first
 * annotator's word where all differ, as its script has it.
 */
export const pandalm = defineLayout({
  name: 'pandalm',
  item: "item in PandaLM's layout",
  keys: ['instruction', 'response1', 'annotator1'],
  schema: z.object({
    idx: z.union([z.string(), z.number()]).optional(),
    instruction: z.string(),
    input: z.string().optional(),
    response1: z.string(),
    response2: z.string(),
    annotator1: label,
    annotator2: label,
    annotator3: label,
  }),
  suite(items) {
    const pairs = items.map((item, index): Pair => {
      const annotators = [item.annotator1, item.annotator2, item.annotator3].map(
        (one) => LABELS[one] ?? 'tie',
      )
      return {
        id: String(item.idx ?? index + 1),
        prompt: item.input ? `${item.instruction}\n\n${item.input}` : item.instruction,
        responses: [item.response1, item.response2],
        label: majority(annotators),
        annotators,
      }
    })
    return { tasks: pairs.map(pairTask), official: (results) => threeWay(pairs, results) }
  },
})

/** What at least two of three said, else what the first said. */
function majority(labels: Winner[]): Winner {
  return labels.find((one) => labels.filter((other) => other === one).length >= 2) ?? labels[0] ?? 'tie'
}
