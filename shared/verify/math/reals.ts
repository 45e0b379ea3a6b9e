import type { Expression, Relation } from './expression.ts'
import { isOpen } from './expression.ts'
import { evaluate } from './numeric.ts'
import { infiniteSign, sameScalar, type Terms } from './scalar.ts'

/** One end of an interval: where it lies, to sort by, and what it is exactly. */
type End = { at: number; exactly: Expression; closed: boolean }

/** A stretch of the real line; a point has the same two closed ends. */
type Piece = { low: End; high: End }

const INFINITY: Expression = { kind: 'infinity' }
const FIRST: End = { at: Number.NEGATIVE_INFINITY, exactly: INFINITY, closed: false }
const LAST: End = { at: Number.POSITIVE_INFINITY, exactly: INFINITY, closed: false }
const LINE: Piece[] = [{ low: FIRST, high: LAST }]

/**
 * The set of real numbers that an expression stands for, as sorted stretches that do not touch: an interval, a
 * union, a finite set, or what an inequality in one variable allows. Null where it stands for none.
 */
export function realsOf(expression: Expression, terms: Terms): Piece[] | null {
  const pieces = (part: Expression) => realsOf(part, terms)
  switch (expression.kind) {
    case 'name':
      return expression.name === 'ℝ' ? LINE : null
    case 'relation':
      return ofRelation(expression, terms)
    case 'set-operation': {
      const [left, right] = [pieces(expression.left), pieces(expression.right)]
      if (left === null || right === null) return null
      if (expression.operator === '∪') return union(left, right)
      return intersection(left, expression.operator === '∩' ? right : complement(right))
    }
    case 'list': {
      const { open, close, items, or } = expression
      if (open === '{') {
        const points = items.map((item) => end(item, true, terms))
        const known = points.filter((point) => point !== null)
        return known.length < items.length ? null : union(known.map((point) => ({ low: point, high: point })))
      }
      if (open === '') return ofStatements(items.map(pieces), or)
      const [first, second] = items
      if (first === undefined || second === undefined || items.length > 2) return null
      return between(end(first, open === '[', terms), end(second, close === ']', terms))
    }
    default:
      return null
  }
}

function ofStatements(parts: (Piece[] | null)[], or: boolean): Piece[] | null {
  return parts.reduce(
    (all, part) => {
      if (all === null || part === null) return null
      return or ? union(all, part) : intersection(all, part)
    },
    or ? [] : LINE,
  )
}

function between(low: End | null, high: End | null): Piece[] | null {
  if (low === null || high === null) return null
  if (low.at > high.at) return null
  return low.at === high.at && !(low.closed && high.closed) ? null : [{ low, high }]
}

function end(expression: Expression, closed: boolean, { work }: Terms): End | null {
  const sign = infiniteSign(expression)
  if (sign !== 0) return sign < 0 ? FIRST : LAST
  if (isOpen(expression)) return null
  const value = evaluate(expression, () => Number.NaN, true, work)
  return value && { at: value.re, exactly: expression, closed }
}

/** What x may be in x > 1, 1 < x <= 2, x != 3, x = 4 or x in a set. */
function ofRelation({ sides, comparisons }: Relation, terms: Terms): Piece[] | null {
  const at = sides.findIndex((side) => side.kind === 'name' && isOpen(side))
  const last = sides.at(-1)
  if (at < 0 || last === undefined) return null
  if (comparisons.length === 1 && comparisons[0] === '∈') return at === 0 ? realsOf(last, terms) : null
  let allowed: Piece[] | null = LINE
  for (const [index, comparison] of comparisons.entries()) {
    const isLeft = index === at
    const other = sides[isLeft ? index + 1 : index]
    if ((!isLeft && index + 1 !== at) || other === undefined) return null
    const part: Piece[] | null = half(isLeft ? comparison : (FLIPPED[comparison] ?? comparison), other, terms)
    allowed = part && allowed && intersection(allowed, part)
  }
  return allowed
}

const FLIPPED: Record<string, string> = { '<': '>', '>': '<', '≤': '≥', '≥': '≤' }

function half(comparison: string, bound: Expression, terms: Terms): Piece[] | null {
  const limit = end(
    bound,
    comparison === '≤' || comparison === '≥' || comparison === '=' || comparison === '≠',
    terms,
  )
  if (limit === null) return null
  switch (comparison) {
    case '<':
    case '≤':
      return [{ low: FIRST, high: limit }]
    case '>':
    case '≥':
      return [{ low: limit, high: LAST }]
    case '=':
      return [{ low: limit, high: limit }]
    case '≠':
      return complement([{ low: limit, high: limit }])
    default:
      return null
  }
}

function union(...parts: Piece[][]): Piece[] {
  const sorted = parts
    .flat()
    .sort((a, b) => a.low.at - b.low.at || Number(b.low.closed) - Number(a.low.closed))
  const joined: Piece[] = []
  for (const piece of sorted) {
    const last = joined.at(-1)
    const touches =
      last &&
      (piece.low.at < last.high.at || (isAt(piece.low, last.high) && (piece.low.closed || last.high.closed)))
    if (!touches || !last) joined.push(piece)
    else if (isAt(piece.high, last.high)) {
      if (piece.high.closed) joined[joined.length - 1] = { low: last.low, high: piece.high }
    } else if (piece.high.at > last.high.at) joined[joined.length - 1] = { low: last.low, high: piece.high }
  }
  return joined
}

/** Ends are the same place where they differ by less than rounding explains. */
const isAt = (a: End, b: End) =>
  a.at === b.at ||
  (Number.isFinite(a.at) && Math.abs(a.at - b.at) <= 1e-13 * Math.abs(b.at) && Number.isFinite(b.at))

function complement(pieces: Piece[]): Piece[] {
  const gaps: Piece[] = []
  let low = FIRST
  for (const piece of pieces) {
    if (piece.low.at > low.at || (isAt(piece.low, low) && low.closed && !piece.low.closed)) {
      gaps.push({ low, high: { ...piece.low, closed: !piece.low.closed } })
    }
    low = { ...piece.high, closed: !piece.high.closed }
  }
  if (low.at < LAST.at) gaps.push({ low, high: LAST })
  return gaps
}

function intersection(a: Piece[], b: Piece[]): Piece[] {
  const common = a.flatMap((one) =>
    b.flatMap((other) => {
      const low = later(one.low, other.low, 1)
      const high = later(one.high, other.high, -1)
      if (low.at > high.at || (isAt(low, high) && !(low.closed && high.closed))) return []
      return [{ low, high }]
    }),
  )
  return union(common)
}

/** The one that leaves less: the greater of two lower ends (`side` 1), the lesser of two upper ends (-1). */
function later(a: End, b: End, side: 1 | -1): End {
  if (isAt(a, b)) return a.closed ? b : a
  return (a.at - b.at) * side > 0 ? a : b
}

/** Whether two sets of real numbers have the same stretches with the same ends. */
export function sameReals(a: Piece[], b: Piece[], terms: Terms): boolean {
  if (a.length !== b.length) return false
  return a.every(({ low, high }, index) => {
    const other = b[index]
    return other !== undefined && sameEnd(low, other.low, terms) && sameEnd(high, other.high, terms)
  })
}

function sameEnd(a: End, b: End, terms: Terms): boolean {
  if (a.closed !== b.closed) return false
  return Number.isFinite(a.at) && Number.isFinite(b.at)
    ? sameScalar(a.exactly, b.exactly, terms) === true
    : a.at === b.at
}
