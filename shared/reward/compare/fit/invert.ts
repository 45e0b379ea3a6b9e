/**
 * The inverse of a symmetric positive definite matrix, by Gauss-Jordan elimination, which for these needs no
 * pivoting. Rows of equal length; the cube of the size in time.
 */
export function invert(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length
  const rows = matrix.map((row, at) => {
    const beside = new Float64Array(2 * size)
    beside.set(row)
    beside[size + at] = 1
    return beside
  })
  for (const [at, pivot] of rows.entries()) {
    const scale = 1 / (pivot[at] ?? 1)
    // left of the pivot all is done, and right of its own unit nothing has begun
    const end = size + at + 1
    for (let column = at; column < end; column++) pivot[column] = (pivot[column] ?? 0) * scale
    for (const row of rows) {
      const factor = row[at] ?? 0
      if (row === pivot || factor === 0) continue
      for (let column = at; column < end; column++)
        row[column] = (row[column] ?? 0) - factor * (pivot[column] ?? 0)
    }
  }
  return rows.map((row) => [...row.subarray(size)])
}
