import type { TokenCount } from '../../../shared/model/language-model.ts'

/** How a completion says that it ended; `stop_reason` is the text that some servers say they stopped at. */
type Ending = { finish_reason?: string | null | undefined; stop_reason?: unknown }

/** Anthropic's name of why a reply ended. One that called a function ended for that, though some servers say `stop`. */
export function stopReason(
  { finish_reason: finish, stop_reason: stopped }: Ending,
  sequences: readonly string[],
  called: boolean,
): { stop_reason: string; stop_sequence: string | null } {
  const sequence = sequences.find((one) => one === stopped) ?? null
  if (sequence !== null) return { stop_reason: 'stop_sequence', stop_sequence: sequence }
  const named = called && finish === 'stop' ? 'tool_calls' : (finish ?? 'stop')
  return { stop_reason: STOP_REASONS[named] ?? 'end_turn', stop_sequence: null }
}

const STOP_REASONS: { readonly [finish: string]: string } = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
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
