/** Tokens that the same sequences go through, and the tokens that follow them in some. */
export type PrefixNode = {
  /** At least one, but at the root, which may have none. */
  tokens: readonly number[]
  /** How many tokens come before these in each sequence. */
  depth: number
  /** The sequences that go through all of the tokens, by index. */
  sequences: readonly number[]
  children: readonly PrefixNode[]
  /** Tokens of this node and of all below it. */
  size: number
}

/** The tree of sequences, none of which is empty: what some of them begin with alike stands in it once. */
export function prefixTree(sequences: readonly (readonly number[])[]): PrefixNode {
  return grow(sequences, [...sequences.keys()], 0)
}

function grow(
  sequences: readonly (readonly number[])[],
  members: readonly number[],
  depth: number,
): PrefixNode {
  const model = sequences[members[0] ?? -1] ?? []
  let end = model.length
  for (const member of members) end = sharedLength(model, sequences[member] ?? [], depth, end)

  const followers = new Map<number, number[]>()
  for (const member of members) {
    const next = sequences[member]?.[end]
    if (next === undefined) continue
    const known = followers.get(next)
    if (known) known.push(member)
    else followers.set(next, [member])
  }
  const children = [...followers.values()].map((group) => grow(sequences, group, end))
  const tokens = model.slice(depth, end)
  const size = children.reduce((sum, child) => sum + child.size, tokens.length)
  return { tokens, depth, sequences: members, children, size }
}

/** How far two sequences agree, between two lengths; they agree up to the first. */
export function sharedLength(
  a: readonly number[],
  b: readonly number[],
  from: number,
  limit: number,
): number {
  const end = Math.min(a.length, b.length, limit)
  let length = Math.min(from, end)
  while (length < end && a[length] === b[length]) length++
  return length
}
