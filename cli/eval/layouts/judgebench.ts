import * as z from 'zod'
import type { Finding } from '../../finding.ts'
import { isRightForJudgeBench } from '../official/judgebench.ts'
import type { Pair, Results } from '../task.ts'
import { defineLayout } from './layout.ts'
import { pairTask } from './pairs.ts'

const GROUPS = ['mmlu-pro', 'livebench-reasoning', 'livebench-math', 'livecodebench'] as const

/** JudgeBench: objective labels, scored over two games with swapped order, by four groups and in all. */
export const judgebench = defineLayout({
  name: 'judgebench',
  item: "pair in JudgeBench's layout",
  keys: ['pair_id', 'response_A'],
  schema: z.object({
    pair_id: z.string(),
    source: z.string(),
    question: z.string(),
    response_A: z.string(),
    response_B: z.string(),
    label: z.enum(['A>B', 'B>A']),
    ground_truth: z.union([z.string(), z.number()]).optional(),
  }),
  suite(items) {
    const pairs = items.map(
      ({ pair_id, source, question, response_A, response_B, label, ground_truth }): Pair => ({
        id: pair_id,
        group: GROUPS.find((group) => source.startsWith(group)) ?? source,
        prompt: question,
        responses: [response_A, response_B],
        label: label === 'A>B' ? 'first' : 'second',
        ...(ground_truth !== undefined && { reference: String(ground_truth) }),
      }),
    )
    const groups = [...new Set(pairs.map(({ group }) => group ?? ''))]
    const of = (name: string, some: Pair[], results: Results) => ofPairs(name, some, results)
    return {
      tasks: pairs.map(pairTask),
      official: (results) => [
        ...groups.map((name) =>
          of(
            name,
            pairs.filter(({ group }) => group === name),
            results,
          ),
        ),
        of('overall', pairs, results),
      ],
    }
  },
})

function ofPairs(name: string, pairs: Pair[], results: Results): Finding {
  const right = pairs.filter(({ id }) => {
    const result = results(id)
    return result?.task === 'pair' && isRightForJudgeBench(result)
  })
  return { name, value: right.length / pairs.length, unit: 'share', of: pairs.length }
}
