import * as z from 'zod'
import { PlumblineError } from '../protocol/error.ts'
import { ITEM_STATUSES } from './output-item.ts'
import { RUN_STATUSES } from './run.ts'

const LIMIT = 'must be a whole number from 1 to 100'
const page = {
  after: z.string().optional(),
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(100, LIMIT).default(20),
  order: z.enum(['asc', 'desc']).default('asc'),
  key: z.string().optional().describe('An API key, for clients that can only set a URL.'),
}

/** `GET /v1/evals`. */
export const evalsQuery = z.strictObject({
  ...page,
  order_by: z
    .enum(['created_at', 'updated_at'])
    .default('created_at')
    .describe('Evals are listed as they were made.'),
})

/** `GET /v1/evals/{id}/runs`. */
export const runsQuery = z.strictObject({ ...page, status: z.enum(RUN_STATUSES).optional() })

/** `GET /v1/evals/{id}/runs/{run}/output_items`. */
export const itemsQuery = z.strictObject({ ...page, status: z.enum(ITEM_STATUSES).optional() })

/** A page as OpenAI lists these. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    object: z.literal('list'),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })

type Asked = { after?: string | undefined; limit: number; order: 'asc' | 'desc' }

/** A page of a list that is given oldest first. Throws `invalid_request` where `after` is no item of it. */
export function pageOfList<Item extends { id: string }>(
  all: readonly Item[],
  { after, limit, order }: Asked,
) {
  const ordered = order === 'asc' ? all : all.toReversed()
  const before = after === undefined ? -1 : ordered.findIndex(({ id }) => id === after)
  if (after !== undefined && before < 0) {
    throw new PlumblineError('invalid_request', "'after' must be the id of an item of this list.", {
      param: 'after',
    })
  }
  return shownPage(ordered.slice(before + 1, before + 2 + limit), limit)
}

/** A page of items of which one more was asked for than is shown. */
export function shownPage<Item extends { id: string }>(found: readonly Item[], limit: number) {
  const data = found.slice(0, limit)
  return {
    object: 'list' as const,
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: found.length > limit,
  }
}
