import type { TokenCount } from '../../../shared/model/language-model.ts'

/** Anthropic's name of why a text ended. `stopped` is the text that a server says it stopped at. */
export function stopReason(
  finish: string | null | undefined,
  stopped: unknown,
  sequences: readonly string[],
): { stop_reason: string; stop_sequence: string | null } {
  const sequence = sequences.find((one) => one === stopped) ?? null
  if (sequence !== null) return { stop_reason: 'stop_sequence', stop_sequence: sequence }
  return { stop_reason: STOP_REASONS[finish ?? 'stop'] ?? 'end_turn', stop_sequence: null }
}

const STOP_REASONS: { readonly [finish: string]: string } = {
  stop: 'end_turn',
  length: 'max_tokens',
  content_filter: 'refusal',
}

/** Tokens as Anthropic counts them: those read from a cache are not among the others. */
export function messageUsage({ prompt, completion, cached }: TokenCount) {
  return {
    input_tokens: Math.max(0, prompt - cached),
    output_tokens: completion,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
  }
}

/** A message of Anthropic's shape, with nothing said yet. */
export function emptyMessage(id: string, model: string) {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  }
}
