import type { Cursor } from './cursor.ts'
import { call, type Expression, type Matrix } from './expression.ts'
import { readStatement } from './parse.ts'
import { Unreadable } from './unreadable.ts'

const ROW_BREAK = '\\\\'

/** Most entries of a matrix, and most rows of one whose determinant is taken. */
const MAX_ENTRIES = 400

/** The rest of `\begin{pmatrix} ... \end{pmatrix}`; of a vmatrix its determinant. */
export function readMatrix(cursor: Cursor): Expression {
  const name = readEnvironment(cursor)
  if (name === 'array' && cursor.accept('{')) while (!cursor.accept('}')) cursor.next()
  const rows: Expression[][] = [[]]
  let entries = 0
  while (!isEnd(cursor)) {
    if (++entries > MAX_ENTRIES) throw new Unreadable()
    rows.at(-1)?.push(cursor.inside(() => readStatement(cursor), false))
    if (cursor.accept(ROW_BREAK)) {
      if (!isEnd(cursor)) rows.push([])
    } else if (!cursor.accept('&') && !isEnd(cursor)) throw new Unreadable()
  }
  cursor.next()
  if (readEnvironment(cursor) !== name) throw new Unreadable()
  const width = rows[0]?.length ?? 0
  if (width === 0 || rows.some((row) => row.length !== width)) throw new Unreadable()
  const matrix: Matrix = { kind: 'matrix', rows }
  return name === 'vmatrix' ? call('det', matrix) : matrix
}

function isEnd(cursor: Cursor): boolean {
  const token = cursor.peek()
  return token?.kind === 'command' && token.name === 'end'
}

const NAMES = ['matrix', 'pmatrix', 'bmatrix', 'Bmatrix', 'vmatrix', 'smallmatrix', 'array']

/** The name in curly brackets; the tokeniser reads a long one as a word. */
function readEnvironment(cursor: Cursor): string {
  cursor.expect('{')
  const token = cursor.next()
  cursor.expect('}')
  if (token.kind !== 'word' || !NAMES.includes(token.text)) throw new Unreadable()
  return token.text
}
