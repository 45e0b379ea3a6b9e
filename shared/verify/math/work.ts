/** Thrown when two answers take more work to compare than they may. */
export class OutOfWork extends Error {}

/** Work left for one comparison; about a microsecond or two a unit. */
export class Work {
  #left: number

  constructor(units: number) {
    this.#left = units
  }

  spend(units: number) {
    this.#left -= units
    if (this.#left < 0) throw new OutOfWork()
  }
}
