/** Scales of the loss that keep 16-bit gradients from underflow (arXiv 1710.03740, section 3.2). */
export const FIRST_LOSS_SCALE = 2 ** 16
const LARGEST = 2 ** 24
const SMALLEST = 1
/** The scale is doubled behind every so many updates; PyTorch waits for 2000 in a row, we keep no count of our own. */
const GROWS_EVERY = 200

/** The scale after an update that was made, the `updates`th. 1 stays: the loss isn't scaled. */
export function afterUpdate(scale: number, updates: number): number {
  return scale > 1 && updates % GROWS_EVERY === 0 ? Math.min(LARGEST, scale * 2) : scale
}

/** The scale after a gradient that was too large for 16 bits; null where it can't be made smaller. */
export function afterOverflow(scale: number): number | null {
  return scale > SMALLEST ? Math.max(SMALLEST, scale / 2) : null
}
