import type { Processor } from './processor.ts'

/** A piece of a processor's memory, freed once nobody holds it: its tensors, their views, runs under way. */
export class Memory {
  readonly pointer: bigint
  readonly #processor: Processor
  #holders = 1

  /** Held by whoever made it. */
  constructor(processor: Processor, bytes: number) {
    this.#processor = processor
    this.pointer = processor.allocate(bytes)
  }

  hold(): void {
    this.#holders++
  }

  release(): void {
    if (--this.#holders === 0) this.#processor.free(this.pointer)
  }
}
