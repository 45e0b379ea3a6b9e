import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Branch, Column, TokenTree } from '../token-tree.ts'

/**
 * Throws `TypeError` for trees that make no batch or lack a column that the loss reads, `context_exceeded` for a text that
 * is longer than the model takes, and `not_finite` for a column that holds what is no number.
 */
export function checkTrees(
  trees: readonly TokenTree[],
  columns: readonly Column[],
  model: { context: number; vocabulary: number },
): void {
  if (trees.length === 0) throw new TypeError('there is no tree')
  for (const [t, { prompt, branches }] of trees.entries()) {
    if (prompt.length === 0 || branches.length === 0)
      throw new TypeError(`tree ${t} has no prompt or no branch`)
    checkTokens(prompt, model.vocabulary, `The prompt of tree ${t}`)
    for (const [b, branch] of branches.entries()) {
      const where = `Branch ${b} of tree ${t}`
      if (branch.tokens.length === 0) throw new TypeError(`${where} has no token`)
      checkTokens(branch.tokens, model.vocabulary, where)
      checkColumns(branch, columns, where)
      checkLength(prompt.length + branch.tokens.length, model.context)
    }
  }
}

function checkTokens(tokens: readonly number[], vocabulary: number, where: string): void {
  const unknown = tokens.find((token) => !(Number.isInteger(token) && token >= 0 && token < vocabulary))
  if (unknown !== undefined)
    throw new TypeError(`${where} has the token ${unknown}, and the model knows ${vocabulary}`)
}

function checkColumns({ tokens, columns }: Branch, names: readonly Column[], where: string): void {
  for (const name of names) {
    const values = columns[name]
    if (values?.length !== tokens.length) {
      throw new TypeError(
        `${where} has ${tokens.length} tokens and ${values?.length ?? 'no'} values of ${name}`,
      )
    }
    if (!values.every(Number.isFinite)) {
      throw new PlumblineError(
        'not_finite',
        `${where} has a ${name} that is no finite number, so nothing was updated: leave out what has none.`,
      )
    }
  }
}

function checkLength(length: number, context: number): void {
  if (length <= context) return
  throw new PlumblineError(
    'context_exceeded',
    `A text to train on has ${length} tokens, and the model takes ${context}: lower max_tokens.`,
  )
}
