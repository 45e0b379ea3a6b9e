/** What JSON of Python's has beside the standard's: three numbers that JSON has no words for. */
const STRING_OR_EXTRA = /"(?:[^"\\]|\\.)*"|-?Infinity\b|NaN\b/gs

/** Whether `json.loads` reads the text. */
export function isPythonJson(text: string): boolean {
  if (parses(text)) return true
  const standard = text.replace(STRING_OR_EXTRA, (part) => (part.startsWith('"') ? part : '0'))
  return standard !== text && parses(standard)
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
