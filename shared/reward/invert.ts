/**
 * The inverse of a symmetric positive definite matrix, by Gauss-Jordan elimination, which for these needs no
 * pivoting. Rows of equal length; the cube of the size in time.
 */
export function invert(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length
  let rows = matrix.map((row, at) => [...row, ...unit(size, at)])
  for (let at = 0; at < size; at++) {
    const own = rows[at] ?? []
    const pivot = own[at] ?? 1
    const scaled = own.map((value) => value / pivot)
    rows = rows.map((row, other) => {
      if (other === at) return scaled
      const factor = row[at] ?? 0
      return factor === 0 ? row : row.map((value, column) => value - factor * (scaled[column] ?? 0))
    })
  }
  return rows.map((row) => row.slice(size))
}

const unit = (size: number, at: number) => Array.from({ length: size }, (_, other) => (other === at ? 1 : 0))
