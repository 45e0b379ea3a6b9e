import { PlumblineError } from './error.ts'

/** A page of a list whose order is that of `items`, from beyond the item with the id `after` on. */
export function pageAfter<Item extends { id: string }>(
  items: readonly Item[],
  after: string | undefined,
  limit: number,
) {
  const before = after === undefined ? -1 : items.findIndex(({ id }) => id === after)
  if (after !== undefined && before < 0) {
    throw new PlumblineError('invalid_request', "'after' must be the id of an item of this list.", {
      param: 'after',
    })
  }
  const data = items.slice(before + 1, before + 1 + limit)
  return { object: 'list' as const, data, has_more: before + 1 + data.length < items.length }
}
