import type { Branch, TokenTree } from '../token-tree.ts'
import type { RowLengths } from './row-layout.ts'

/** A token tree, or its prompt with some of its branches: what stands in one row of a batch. */
export type Part = {
  /** Its place among the trees that were given. */
  tree: number
  prompt: readonly number[]
  /** With their places in the tree. */
  branches: readonly { index: number; branch: Branch }[]
  /** That pass the decoder. */
  tokens: number
  /** Tokens whose log-probabilities are wanted. */
  targets: number
}

/** The last token of a branch is only predicted: it need not pass the decoder. */
const passing = ({ tokens }: Branch) => tokens.length - 1

/** How many tokens of a part pass the decoder. */
export function rowLengths({ prompt, branches }: Part): RowLengths {
  return { prompt: prompt.length, branches: branches.map(({ branch }) => passing(branch)) }
}

/**
 * Cuts trees of more tokens than `most` into parts that repeat their prompt, as few as may be; a branch stays whole, and
 * with `together` all of a tree does.
 */
export function partsOf(trees: readonly TokenTree[], most: number, together: boolean): Part[] {
  return trees.flatMap(({ prompt, branches }, tree) => {
    const parts: { index: number; branch: Branch }[][] = []
    let tokens = 0
    for (const [index, branch] of branches.entries()) {
      const last = parts.at(-1)
      if (last && (together || tokens + passing(branch) <= most)) {
        last.push({ index, branch })
        tokens += passing(branch)
      } else {
        parts.push([{ index, branch }])
        tokens = prompt.length + passing(branch)
      }
    }
    return parts.map((part) => ({
      tree,
      prompt,
      branches: part,
      tokens: part.reduce((sum, { branch }) => sum + passing(branch), prompt.length),
      targets: part.reduce((sum, { branch }) => sum + branch.tokens.length, 0),
    }))
  })
}
