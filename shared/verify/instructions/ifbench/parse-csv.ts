/**
 * Rows of fields as Python's `csv.reader` reads them: lines end in a line feed, a field that begins with a double quote
 * goes on to the next single one, quotes elsewhere are text, an empty line is a row of no field. Null where that reader
 * gives up: a carriage return in the middle of a line.
 */
export function parseCsv(text: string, delimiter: ',' | '\t'): string[][] | null {
  const rows: string[][] = []
  let at = 0
  while (at < text.length) {
    const row: string[] = []
    for (;;) {
      const field = readField(text, at, delimiter)
      const isEmptyRow = row.length === 0 && field.end === at && isLineEnd(text, at)
      if (!isEmptyRow) row.push(field.value)
      at = field.end
      if (text[at] !== delimiter) break
      at++
    }
    const end = lineEnd(text, at)
    if (end === null) return null
    rows.push(row)
    at = end
  }
  return rows
}

const isLineEnd = (text: string, at: number) => at >= text.length || text[at] === '\n' || text[at] === '\r'

/** Where the next line begins; null when a carriage return stands before something else. */
function lineEnd(text: string, at: number): number | null {
  let end = at
  while (text[end] === '\r') end++
  if (end >= text.length) return text.length
  return text[end] === '\n' ? end + 1 : null
}

function readField(text: string, start: number, delimiter: string): { value: string; end: number } {
  if (text[start] !== '"') return readPlain(text, start, delimiter)
  const parts: string[] = []
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return { value: [...parts, text.slice(at)].join(''), end: text.length }
    parts.push(text.slice(at, quote))
    if (text[quote + 1] !== '"') {
      // text right behind the closing quote belongs to the field, quotes and all
      const rest = readPlain(text, quote + 1, delimiter)
      return { value: [...parts, rest.value].join(''), end: rest.end }
    }
    parts.push('"')
    at = quote + 2
  }
}

function readPlain(text: string, start: number, delimiter: string): { value: string; end: number } {
  let end = start
  while (!isLineEnd(text, end) && text[end] !== delimiter) end++
  return { value: text.slice(start, end), end }
}
