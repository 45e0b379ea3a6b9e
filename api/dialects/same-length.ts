import { PlumblineError } from '../../shared/protocol/error.ts'

/** Throws `invalid_request` for the first list that is not as long as the one that it belongs to. */
export function refuseOtherLengths(
  [name, list]: [name: string, list: readonly unknown[]],
  others: Record<string, readonly unknown[] | null | undefined>,
): void {
  for (const [param, other] of Object.entries(others)) {
    if (!other || other.length === list.length) continue
    const message = `'${param}' has ${other.length} items and '${name}' ${list.length}: send one for each.`
    throw new PlumblineError('invalid_request', message, { param })
  }
}
