const FENCED = /^```(?:json|JSON)?[ \t]*\r?\n([\s\S]*)\n?```$/

/** What a response says as JSON. */
export type ParsedJson = { ok: true; value: unknown } | { ok: false; message: string }

/**
 * Parses the whole response as strict JSON, white space around it aside. With `fenced`, a response that is one
 * Markdown code fence counts as what is inside it. Nothing is repaired: prose around the JSON makes it invalid.
 */
export function parseJson(response: string, fenced: boolean): ParsedJson {
  const trimmed = response.trim()
  const inside = fenced ? FENCED.exec(trimmed)?.[1] : undefined
  try {
    return { ok: true, value: JSON.parse(inside ?? trimmed) }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
