import * as z from 'zod'

export const ITEM_STATUSES = ['pass', 'fail', 'error'] as const
export type ItemStatus = (typeof ITEM_STATUSES)[number]

/** What the graders of a run made of one row. */
export const outputItem = z
  .looseObject({
    object: z.literal('eval.run.output_item'),
    id: z.string(),
    eval_id: z.string(),
    run_id: z.string(),
    created_at: z.int(),
    status: z.string().describe(ITEM_STATUSES.join(', ')),
    datasource_item_id: z.int(),
    datasource_item: z.record(z.string(), z.unknown()),
    results: z.array(
      z.looseObject({
        name: z.string(),
        score: z.number().nullable().describe('Null where the grader could not tell.'),
        passed: z.boolean().nullable(),
      }),
    ),
    sample: z.looseObject({}).nullable(),
    imported_from: z.string().optional(),
  })
  .meta({ id: 'EvalOutputItem' })
export type OutputItem = z.infer<typeof outputItem>
