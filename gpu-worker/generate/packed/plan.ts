import { type PrefixNode, prefixTree } from './prefix-tree.ts'

/** A sequence to score: the logits after each of its tokens from index `from` on are wanted. */
export type Wanted = { tokens: readonly number[]; from: number }

/** Whose logits are read after a token: of which sequence, after which of its tokens. */
export type Reader = { sequence: number; position: number }

/** Readers by the index of the token after which they read. */
export type Readers = ReadonlyMap<number, readonly Reader[]>

/** Branches of one stem, written one behind the other in one row; each token sees the stem and its own branch. */
export type Packed = {
  tokens: readonly number[]
  /** Where each stands in its sequence. */
  positions: readonly number[]
  /** The index here of the token before it in its sequence; -1 for the stem's last token. */
  parents: readonly number[]
  /** The first sequence that goes through each. */
  owners: readonly number[]
  readers: Readers
}

/** The beginning of some sequences, computed as plain text, and what is packed behind it. */
export type Stem = {
  tokens: readonly number[]
  /** The first sequence that begins with it. */
  owner: number
  readers: Readers
  packed: readonly Packed[]
}

/**
 * Lays sequences out so that what they have in common is computed once. A subtree of at most `pack` tokens becomes
 * a branch behind the stem it grows from, in a row with its neighbours; a larger one gets a stem of its own, so that
 * attention doesn't pay for large siblings. With `pack` infinite all branches share one row. No row gets longer than
 * `places`, which no sequence is.
 *
 * A stem stands before the stems that begin with it. Every wanted position has exactly one reader.
 */
export function plan(wanted: readonly Wanted[], pack: number, places = Number.POSITIVE_INFINITY): Stem[] {
  const readersOf = readersAmong(wanted)
  const lay = (node: PrefixNode, before: readonly number[]): Stem[] => {
    const tokens = [...before, ...node.tokens]
    const room = Math.min(pack, places - tokens.length)
    const large = node.children.filter(({ size }) => size > room)
    const small = node.children.filter(({ size }) => size <= room)
    const readers = new Map(node.tokens.flatMap((_, i) => readersOf(node, i, before.length + i)))
    const packed = bundles(small, room).map((branches) => packBranches(branches, readersOf))
    const stem = readers.size + packed.length > 0 ? [{ tokens, owner: ownerOf(node), readers, packed }] : []
    return [...stem, ...large.flatMap((child) => lay(child, tokens))]
  }
  return lay(prefixTree(wanted.map(({ tokens }) => tokens)), [])
}

/** Neighbours go together as long as they have at most `most` tokens in all. */
function bundles(nodes: readonly PrefixNode[], most: number): PrefixNode[][] {
  const made: PrefixNode[][] = []
  let room = 0
  for (const node of nodes) {
    if (node.size <= room) {
      made.at(-1)?.push(node)
      room -= node.size
    } else {
      made.push([node])
      room = most - node.size
    }
  }
  return made
}

type ReadersOf = (node: PrefixNode, index: number, at: number) => [number, readonly Reader[]][]

/** The entry of a table of readers for a node's token that lies at index `at`, if anyone reads after it. */
function readersAmong(wanted: readonly Wanted[]): ReadersOf {
  return ({ sequences, depth }, index, at) => {
    const position = depth + index
    const readers = sequences
      .filter((sequence) => position >= (wanted[sequence]?.from ?? Number.POSITIVE_INFINITY))
      .map((sequence) => ({ sequence, position }))
    return readers.length > 0 ? [[at, readers]] : []
  }
}

function ownerOf({ sequences }: PrefixNode): number {
  return sequences[0] ?? 0
}

function packBranches(branches: readonly PrefixNode[], readersOf: ReadersOf): Packed {
  const tokens: number[] = []
  const positions: number[] = []
  const parents: number[] = []
  const owners: number[] = []
  const readers = new Map<number, readonly Reader[]>()
  const write = (node: PrefixNode, parent: number): void => {
    node.tokens.forEach((token, index) => {
      for (const [at, those] of readersOf(node, index, tokens.length)) readers.set(at, those)
      parents.push(index === 0 ? parent : tokens.length - 1)
      positions.push(node.depth + index)
      owners.push(ownerOf(node))
      tokens.push(token)
    })
    const end = tokens.length - 1
    for (const child of node.children) write(child, end)
  }
  for (const branch of branches) write(branch, -1)
  return { tokens, positions, parents, owners, readers }
}
