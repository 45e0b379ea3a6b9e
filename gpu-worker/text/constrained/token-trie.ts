import type { Tokenizer } from '../tokenizer.ts'

/** The tokens of plain text as a trie over their bytes, its nodes in depth-first order. */
export type TokenTrie = {
  readonly vocabulary: number
  /** The tokens that end a reply. */
  readonly ends: readonly number[]
  /** Bytes of the longest token. */
  readonly longest: number
  /** The token of these bytes, for each single byte that one writes. */
  readonly singles: ReadonlySet<number>
  /** What token `id` writes; nothing for control tokens, which write no text. */
  bytes(id: number): Uint8Array
  readonly nodes: {
    readonly byte: Uint8Array
    /** 1 for a first byte. */
    readonly depth: Uint16Array
    /** The node after the last descendant. */
    readonly skip: Int32Array
    /** The token that ends here, or -1. */
    readonly token: Int32Array
  }
  /** Another token that writes the same as token t, or -1. */
  readonly twin: Int32Array
}

export type Vocabulary = Pick<Tokenizer, 'vocabulary' | 'ends' | 'bytes' | 'isControl'>

/** The trie of all tokens that write something; control tokens are not in it. */
export function createTokenTrie(tokenizer: Vocabulary): TokenTrie {
  const { vocabulary } = tokenizer
  const nothing = new Uint8Array()
  const texts = Array.from({ length: vocabulary }, (_, id) =>
    tokenizer.isControl(id) || tokenizer.ends.has(id) ? nothing : tokenizer.bytes(id),
  )
  const text = (id: number) => texts[id] ?? nothing
  const order = texts
    .flatMap(({ length }, id) => (length > 0 ? [id] : []))
    .sort((a, b) => Buffer.compare(text(a), text(b)))

  const most = texts.reduce((sum, { length }) => sum + length, 0)
  const byte = new Uint8Array(most)
  const depth = new Uint16Array(most)
  const skip = new Int32Array(most)
  const token = new Int32Array(most).fill(-1)
  const twin = new Int32Array(vocabulary).fill(-1)
  /** The nodes above the next one. */
  const path: number[] = []
  let count = 0
  const climb = (to: number) => {
    for (const node of path.splice(to)) skip[node] = count
  }
  for (const id of order) {
    const bytes = text(id)
    let shared = 0
    while (shared < path.length && byte[path[shared] ?? 0] === bytes[shared]) shared++
    climb(shared)
    for (const value of bytes.subarray(shared)) {
      byte[count] = value
      depth[count] = path.push(count)
      count++
    }
    const last = path.at(-1) ?? 0
    twin[id] = token[last] ?? -1
    token[last] = id
  }
  climb(0)

  return {
    vocabulary,
    ends: [...tokenizer.ends],
    longest: texts.reduce((longest, { length }) => Math.max(longest, length), 1),
    singles: new Set(texts.flatMap((bytes) => (bytes.length === 1 ? [...bytes] : []))),
    bytes: text,
    nodes: {
      byte: byte.slice(0, count),
      depth: depth.slice(0, count),
      skip: skip.slice(0, count),
      token: token.slice(0, count),
    },
    twin,
  }
}
