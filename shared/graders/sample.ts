import { parseBody } from '../protocol/json-body.ts'

const MOST_DEPTH = 64

/** The `sample` namespace of a text: `output_text`, and `output_json` where the text is JSON of at most 64 levels. */
export function sampleOf(text: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { output_text: text, ...jsonOf(text), ...more }
}

function jsonOf(text: string): { output_json?: unknown } {
  try {
    return { output_json: parseBody(text, { textCharacters: Number.POSITIVE_INFINITY, depth: MOST_DEPTH }) }
  } catch {
    return {}
  }
}
