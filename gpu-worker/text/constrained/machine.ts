import type { Grammar, State } from './grammar.ts'

/** A call under way: where it goes on, how often its rule must and may still run, and the calls around it. */
type Frame = {
  readonly id: number
  readonly rule: number
  readonly to: number
  readonly must: number
  readonly may: number
  readonly outer: Frames
}

type Frames = { readonly id: number; readonly all: readonly Frame[] }

/** All that may be under way after the bytes read so far: states that read a byte, each with its frames. */
export type Position = {
  readonly id: number
  readonly threads: readonly { readonly state: number; readonly frames: Frames }[]
  /** What was read may end here. */
  readonly accepts: boolean
}

/** Reads a grammar's language byte by byte, an ambiguous text in all its readings at once. */
export type Machine = {
  readonly start: Position
  /** Positions made so far. */
  readonly size: number
  /** Where the byte leads, or null where no text of the language goes on with it. */
  step(position: Position, byte: number): Position | null
  /**
   * Another machine's position in this one, with counts cut to `reach`: no count falls by more than one a byte,
   * so both allow the same next `reach` bytes. The many positions of a long counted string come to a few.
   */
  adopt(position: Position, reach: number): Position
}

/**
 * The stacks of all readings are one graph whose nodes are interned (a graph-structured stack, Tomita 1985):
 * readings that differ only in their past come together, and equal positions are one object.
 */
export function createMachine({ states, start }: Grammar): Machine {
  const frames = interning<Frame>()
  const sets = interning<Frames>()
  const positions = interning<Position>()
  const none = sets.get('', (id) => ({ id, all: [] }))
  const bottom = frames.get('', (id) => ({ id, rule: -1, to: -1, must: 0, may: 0, outer: none }))

  const frameOf = (rule: number, to: number, must: number, may: number, outer: Frames) =>
    frames.get(`${rule} ${to} ${must} ${may} ${outer.id}`, (id) => ({ id, rule, to, must, may, outer }))

  function setOf(members: Iterable<Frame>): Frames {
    const all = [...members].sort((a, b) => a.id - b.id)
    return sets.get(all.map(({ id }) => id).join(), (id) => ({ id, all }))
  }

  function positionOf(reached: ReadonlyMap<number, Iterable<Frame>>, accepts: boolean): Position {
    const threads = [...reached]
      .filter(([state]) => stateAt(state).edges.length > 0)
      .sort(([a], [b]) => a - b)
      .map(([state, members]) => ({ state, frames: setOf(members) }))
    const key = threads.map(({ state, frames }) => `${state}:${frames.id}`)
    return positions.get(`${accepts} ${key}`, (id) => ({ id, threads, accepts }))
  }

  function stateAt(index: number): State {
    const state = states[index]
    if (!state) throw new RangeError(`no state ${index}`)
    return state
  }

  /** Follows jumps, calls and returns until every thread waits for a byte. */
  function settle(seeds: ReadonlyMap<number, Iterable<Frame>>): Position {
    const reached = new Map<number, Set<Frame>>()
    let accepts = false
    const queue = [...seeds]
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [index, incoming] = next
      const known = reached.get(index) ?? new Set()
      const fresh = [...incoming].filter((frame) => !known.has(frame))
      if (fresh.length === 0) continue
      reached.set(index, known)
      for (const frame of fresh) known.add(frame)
      const { jumps, calls, returns } = stateAt(index)
      for (const to of jumps) queue.push([to, fresh])
      for (const { rule, to, min, max } of calls) {
        queue.push([rule, [frameOf(rule, to, min - 1, max - 1, setOf(fresh))]])
      }
      if (!returns) continue
      for (const frame of fresh) {
        if (frame === bottom) accepts = true
        else if (frame.must === 0) queue.push([frame.to, frame.outer.all])
        if (frame.may > 0) {
          const { rule, to, must, may, outer } = frame
          queue.push([rule, [frameOf(rule, to, Math.max(must - 1, 0), may - 1, outer)]])
        }
      }
    }
    return positionOf(reached, accepts)
  }

  function step({ threads }: Position, byte: number): Position | null {
    const seeds = new Map<number, Set<Frame>>()
    for (const { state, frames } of threads) {
      for (const { low, high, to } of stateAt(state).edges) {
        if (byte < low || byte > high) continue
        const members = seeds.get(to) ?? new Set()
        seeds.set(to, members)
        for (const frame of frames.all) members.add(frame)
      }
    }
    return seeds.size === 0 ? null : settle(seeds)
  }

  const adopted = new WeakMap<Frame, Frame>()
  const adoptSet = ({ all }: Frames) => setOf(new Set(all.map((frame) => adopted.get(frame) ?? bottom)))

  function adopt({ threads, accepts }: Position, reach: number): Position {
    const unknown = new Set<Frame>()
    const queue = threads.flatMap(({ frames }) => frames.all)
    for (let frame = queue.pop(); frame; frame = queue.pop()) {
      if (adopted.has(frame) || unknown.has(frame)) continue
      unknown.add(frame)
      queue.push(...frame.outer.all)
    }
    // A frame is made after those around it: in the order of their ids none meets one that isn't adopted yet.
    for (const frame of [...unknown].sort((a, b) => a.id - b.id)) {
      const { rule, to, must, may, outer } = frame
      const cut = frameOf(rule, to, Math.min(must, reach), Math.min(may, reach), adoptSet(outer))
      adopted.set(frame, rule < 0 ? bottom : cut)
    }
    return positionOf(new Map(threads.map(({ state, frames }) => [state, adoptSet(frames).all])), accepts)
  }

  return {
    start: settle(new Map([[start, [bottom]]])),
    get size() {
      return positions.size
    },
    step,
    adopt,
  }
}

/** One value for each key, numbered in the order in which they are made. */
function interning<T>() {
  const byKey = new Map<string, T>()
  return {
    get size() {
      return byKey.size
    },
    get(key: string, make: (id: number) => T): T {
      const known = byKey.get(key)
      if (known !== undefined) return known
      const made = make(byKey.size)
      byKey.set(key, made)
      return made
    },
  }
}
