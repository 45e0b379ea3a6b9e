import { evaluateExactly } from './exact.ts'
import { children, type Expression, type Matrix, product, some, sum, withChildren } from './expression.ts'
import type { Work } from './work.ts'

/** Largest side of a matrix that is multiplied or whose determinant is taken, where entries are not numbers. */
const MAX_SYMBOLIC = 4
const MAX_POWER = 16

/** Sums, products, powers, transposes and determinants of matrices carried out; all else left as it is. */
export function carryOut(expression: Expression, work: Work): Expression {
  if (!some(expression, (part) => part.kind === 'matrix')) return expression
  const parts = withChildren(expression, (part) => carryOut(part, work))
  switch (parts.kind) {
    case 'sum':
      return reduce(parts.terms, parts, (a, b) => entrywise(a, b, work))
    case 'product':
      return reduce(parts.factors, parts, (a, b) => multiplied(a, b, work))
    case 'power':
      return raised(parts.base, parts.exponent, work) ?? parts
    case 'call': {
      const [matrix] = parts.arguments
      if (matrix?.kind !== 'matrix') return parts
      if (parts.name === 'transpose') return { kind: 'matrix', rows: transposed(matrix.rows) }
      return parts.name === 'det' ? (determinant(matrix.rows) ?? parts) : parts
    }
    default:
      return parts
  }
}

type Join = (a: Expression, b: Expression) => Expression | null

function reduce(parts: Expression[], otherwise: Expression, join: Join): Expression {
  let [result, ...rest] = parts
  for (const part of rest) {
    const joined = result && join(result, part)
    if (!joined) return otherwise
    result = joined
  }
  return result ?? otherwise
}

function entrywise(a: Expression, b: Expression, work: Work): Expression | null {
  if (a.kind !== 'matrix' || b.kind !== 'matrix') return null
  if (a.rows.length !== b.rows.length || a.rows[0]?.length !== b.rows[0]?.length) return null
  const rows = a.rows.map((row, at) =>
    row.map((entry, column) => settled(sum(entry, b.rows[at]?.[column] ?? sum()), work)),
  )
  return { kind: 'matrix', rows }
}

function multiplied(a: Expression, b: Expression, work: Work): Expression | null {
  if (a.kind !== 'matrix' && b.kind !== 'matrix') return product(a, b)
  if (a.kind !== 'matrix') return scaled(b, a, work)
  if (b.kind !== 'matrix') return scaled(a, b, work)
  if (a.rows[0]?.length !== b.rows.length) return null
  const columns = transposed(b.rows)
  const isSmall = Math.max(a.rows.length, b.rows.length, columns.length) <= MAX_SYMBOLIC
  const rows = a.rows.map((row) =>
    columns.map((column) => {
      work.spend(row.length)
      const dot = sum(...row.map((entry, at) => product(entry, column[at] ?? sum())))
      return settled(dot, work)
    }),
  )
  return isSmall || rows.flat().every(({ kind }) => kind === 'number') ? { kind: 'matrix', rows } : null
}

function scaled(matrix: Expression, factor: Expression, work: Work): Expression {
  return withChildren(matrix, (entry) => settled(product(factor, entry), work))
}

function raised(base: Expression, exponent: Expression, work: Work): Expression | null {
  if (base.kind !== 'matrix' || exponent.kind !== 'number' || exponent.value.bottom !== 1n) return null
  const count = Number(exponent.value.top)
  if (!(count >= 1 && count <= MAX_POWER)) return null
  return reduce(Array(count).fill(base), exponent, (a, b) => multiplied(a, b, work))
}

const transposed = (rows: Matrix['rows']): Matrix['rows'] =>
  (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? sum()))

/** By the first row; only of small matrices. */
function determinant(rows: Matrix['rows']): Expression | null {
  const [first, ...rest] = rows
  if (first === undefined || first.length !== rows.length || rows.length > MAX_SYMBOLIC) return null
  if (rest.length === 0) return first[0] ?? null
  const terms = first.map((entry, column) => {
    const minor = determinant(rest.map((row) => row.filter((_, at) => at !== column)))
    const sign: Expression = {
      kind: 'number',
      value: { top: column % 2 ? -1n : 1n, bottom: 1n },
      places: null,
    }
    return minor && product(sign, entry, minor)
  })
  return sum(...terms.filter((term) => term !== null))
}

const count = (expression: Expression): number =>
  children(expression).reduce((total, part) => total + count(part), 1)

/** The entry as one number where it is one, so that products of products stay small. */
function settled(entry: Expression, work: Work): Expression {
  const value = evaluateExactly(entry, () => null, work)
  if (value !== null) return { kind: 'number', value, places: null }
  work.spend(count(entry))
  return entry
}
