import { PlumblineError } from '../../../../shared/protocol/error.ts'

const MAX_DEPTH = 64
const MAX_PARTS = 20_000

/** Throws `invalid_request` for a schema that is nested deeper or has more parts than we compile. */
export function requireModestSize(document: unknown): void {
  let parts = 0
  const queue = [{ node: document, depth: 0 }]
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { node, depth } = next
    if (depth > MAX_DEPTH) {
      throw new PlumblineError(
        'invalid_request',
        `The schema nests deeper than ${MAX_DEPTH} levels; make it flatter.`,
      )
    }
    if (++parts > MAX_PARTS) {
      throw new PlumblineError(
        'invalid_request',
        `The schema has more than ${MAX_PARTS} parts; make it smaller.`,
      )
    }
    if (typeof node !== 'object' || node === null) continue
    for (const inner of Object.values(node)) queue.push({ node: inner, depth: depth + 1 })
  }
}
