import type { Device } from '../../runtime/device.ts'
import { sharedLength } from '../packed/prefix-tree.ts'
import { type KvShape, roomFor } from './kv-shape.ts'
import { KvTensors } from './kv-tensors.ts'
import type { Sequence } from './sequence.ts'

/** What a sequence is wanted for. */
export type SequenceWanted = {
  adapter: string | null
  tokens: readonly number[]
  /** Tokens from this index on must be run again, since their logits are wanted. */
  until: number
  /** Tokens that it needs room for in all. */
  room: number
}

/**
 * Token sequences that were read before, so that a request computes only what follows the longest beginning that
 * it shares with one of them. A sequence in use is out of the cache. The least recently used go first.
 */
export class PrefixCache {
  readonly #device: Device
  readonly #shape: KvShape
  /** Most recently used last. */
  readonly #sequences: Sequence[] = []
  readonly counts = { hits: 0, misses: 0, evictions: 0 }

  constructor(device: Device, shape: KvShape) {
    this.#device = device
    this.#shape = shape
  }

  get bytes(): number {
    return this.#sequences.reduce((sum, { kv }) => sum + kv.bytes, 0)
  }

  /**
   * Takes out a sequence that holds the longest beginning known of the wanted tokens, ready to be appended to. Of the
   * bytes that others hold, at most `keep` stay. Give it back by `release`, or dispose of its tensors.
   */
  acquire(wanted: SequenceWanted, keep: number): Sequence {
    const best = this.#longest(wanted)
    if (best) this.counts.hits++
    else this.counts.misses++
    const taken = best && this.#take(best.sequence, best.shared, wanted, keep)
    if (taken) return taken
    this.shrink(keep)
    return this.#create(wanted)
  }

  /** Gives a sequence back. At most `keep` bytes stay, its own among them. */
  release(sequence: Sequence, keep: number): void {
    if (sequence.tokens.length > 0) this.#sequences.push(sequence)
    else sequence.kv.dispose()
    this.shrink(keep)
  }

  /** Evicts the least recently used until at most so many bytes are held. */
  shrink(bytes: number): void {
    let held = this.bytes
    while (held > bytes) {
      const oldest = this.#sequences.shift()
      if (!oldest) return
      held -= oldest.kv.bytes
      oldest.kv.dispose()
      this.counts.evictions++
    }
  }

  /** Drops what was read under an adapter. */
  forget(adapter: string): void {
    const others = this.#sequences.filter((sequence) => sequence.adapter !== adapter)
    for (const { kv, adapter: own } of this.#sequences) if (own === adapter) kv.dispose()
    this.#sequences.splice(0, this.#sequences.length, ...others)
  }

  #longest({ adapter, tokens, until }: SequenceWanted): { sequence: Sequence; shared: number } | null {
    let best: { sequence: Sequence; shared: number } | null = null
    for (const sequence of this.#sequences) {
      if (sequence.adapter !== adapter) continue
      const shared = sharedLength(sequence.tokens, tokens, 0, until)
      if (shared > 0 && shared >= (best?.shared ?? 0)) best = { sequence, shared }
    }
    return best
  }

  /** Null where there is no room for the sequence beside the copy that would be made of it. */
  #take(sequence: Sequence, shared: number, wanted: SequenceWanted, keep: number): Sequence | null {
    this.#sequences.splice(this.#sequences.indexOf(sequence), 1)
    const room = roomFor(wanted.room)
    // A short tail is cheaper to lose than to keep: questions after one long beginning overwrite each other.
    const tail = sequence.tokens.length - shared
    if (tail <= shared / 2 && sequence.kv.room <= room) {
      this.shrink(keep)
      sequence.tokens.length = shared
      sequence.kv.resize(1, room, [shared])
      return sequence
    }
    this.#sequences.push(sequence)
    this.shrink(keep)
    if (!this.#sequences.includes(sequence)) return null
    const copy = this.#create(wanted)
    try {
      copy.kv.copyRow(sequence.kv, 0, 0, shared)
    } catch (error) {
      copy.kv.dispose()
      throw error
    }
    for (let i = 0; i < shared; i++) copy.tokens.push(sequence.tokens[i] ?? -1)
    return copy
  }

  #create({ adapter, room }: SequenceWanted): Sequence {
    return { adapter, tokens: [], kv: new KvTensors(this.#device, this.#shape, 1, roomFor(room)) }
  }
}
