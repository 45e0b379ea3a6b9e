/** How many elements a tensor has. A scalar's dims are empty. Throws `RangeError` for what is no size. */
export function elementsOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => {
    if (Number.isSafeInteger(dim) && dim >= 0) return product * dim
    throw new RangeError(`${dim} is no size of a tensor's axis`)
  }, 1)
}

/** Throws `RangeError` unless `count` elements from `from` on lie in a tensor of `length`. */
export function requireWithin(length: number, from: number, count: number): void {
  if (Number.isSafeInteger(from) && from >= 0 && from + count <= length) return
  throw new RangeError(`elements ${from} to ${from + count} do not lie in a tensor of ${length}`)
}
