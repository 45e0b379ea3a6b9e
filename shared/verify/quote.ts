/** The text as a JSON string, cut after `limit` characters: what results show of a response. */
export function quote(text: string, limit = 200): string {
  return text.length <= limit ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, limit))}…`
}
