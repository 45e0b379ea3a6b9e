import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Grammar } from './grammar.ts'
import { createMachine, type Machine, type Position } from './machine.ts'
import type { TokenTrie } from './token-trie.ts'

/**
 * Positions and masks that a grammar keeps: beyond them it forgets all and begins anew. A grammar of so many
 * readings that one mask alone meets more is given up: each position takes time.
 */
const MAX_POSITIONS = 2048
/** Readings that one mask follows by a byte, in all: about a tenth of a second, in which nobody else is served. */
const MAX_READINGS = 60_000
const MAX_MASK_BYTES = 4 * 2 ** 20

/** The masks of one grammar over one vocabulary, each computed when a reply first comes to its position. */
export type Masks = { at(position: Position): Int32Array }

const UNKNOWN = -1
const NOWHERE = -2

/** The masks of a grammar that was pruned. They are kept while their memory allows. */
export function createMasks(grammar: Grammar, trie: TokenTrie): Masks {
  const words = Math.ceil(trie.vocabulary / 32)
  const maxMasks = Math.max(16, Math.floor(MAX_MASK_BYTES / (4 * words)))
  let machine = createMachine(grammar)
  const masks = new Map<Position, Int32Array>()
  let table = createSteps(machine)

  function compute(start: Position): Int32Array {
    const mask = new Int32Array(words)
    const allow = (id: number) => {
      mask[id >>> 5] = (mask[id >>> 5] ?? 0) | (1 << (id & 31))
    }
    if (start.accepts) trie.ends.forEach(allow)
    const { byte, depth, skip, token } = trie.nodes
    const path = new Int32Array(trie.longest + 1)
    path[0] = table.number(start)
    table.begin()
    for (let node = 0; node < byte.length; ) {
      const level = depth[node] ?? 0
      const next = table.step(path[level - 1] ?? 0, byte[node] ?? 0)
      if (next === NOWHERE) {
        node = skip[node] ?? byte.length
        continue
      }
      path[level] = next
      for (let id = token[node] ?? -1; id >= 0; id = trie.twin[id] ?? -1) allow(id)
      node++
    }
    if (mask.every((word) => word === 0)) {
      throw new PlumblineError(
        'internal',
        'The constraint came to a place where no token fits; report its spec.',
      )
    }
    return mask
  }

  return {
    at(position) {
      if (machine.size > MAX_POSITIONS || masks.size >= maxMasks) {
        machine = createMachine(grammar)
        table = createSteps(machine)
        masks.clear()
      }
      const start = machine.adopt(position, trie.longest)
      const mask = masks.get(start) ?? compute(start)
      masks.set(start, mask)
      return mask
    },
  }
}

/** A machine's steps between numbered positions, each looked up once. */
function createSteps(machine: Machine) {
  const positions: Position[] = []
  const rows: Int32Array[] = []
  let readings = 0
  const number = (position: Position) => {
    if (!rows[position.id]) {
      if (position.id > 4 * MAX_POSITIONS || readings > MAX_READINGS) {
        throw new PlumblineError(
          'invalid_request',
          'The constraint can be read in too many ways at once; make its patterns and unions simpler.',
        )
      }
      rows[position.id] = new Int32Array(256).fill(UNKNOWN)
      positions[position.id] = position
    }
    return position.id
  }
  return {
    /** A mask is begun. */
    begin() {
      readings = 0
    },
    number,
    step(from: number, byte: number): number {
      const row = rows[from]
      const known = row?.[byte] ?? NOWHERE
      if (known !== UNKNOWN) return known
      const position = positions[from]
      const next = position ? machine.step(position, byte) : null
      for (const { frames } of next?.threads ?? []) readings += 1 + frames.all.length
      const to = next ? number(next) : NOWHERE
      if (row) row[byte] = to
      return to
    },
  }
}
