import type { TokenCount } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { countUsage } from './count-usage.ts'

/** Bytes at the end of a stream in which its usage is looked for. */
const END_BYTES = 8192

/**
 * The bytes of a streamed completion as they come. Nothing is parsed on the way; at the end, or when the reader
 * leaves, `ended` is told the tokens that the last events name. A source that breaks off is said as an event, since the
 * status is out by then.
 */
export function followStream(
  source: ReadableStream<Uint8Array>,
  ended: (tokens: TokenCount) => Promise<void>,
): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  const last: Uint8Array[] = []
  let kept = 0
  const keep = (bytes: Uint8Array) => {
    last.push(bytes)
    kept += bytes.byteLength
    while (kept - (last[0]?.byteLength ?? 0) >= END_BYTES) kept -= last.shift()?.byteLength ?? 0
  }
  let over: Promise<void> | null = null
  /** Once: a reader who leaves also ends the read that is under way. */
  const end = () => {
    over ??= ended(usageAtEnd(last))
    return over
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await reader.read().catch((error: unknown) => ({ failure: error }))
      if ('failure' in next) {
        controller.enqueue(errorEvent(next.failure))
      } else if (!next.done) {
        keep(next.value)
        controller.enqueue(next.value)
        return
      }
      await end()
      controller.close()
    },
    async cancel(reason) {
      await reader.cancel(reason).finally(end)
    },
  })
}

function usageAtEnd(chunks: readonly Uint8Array[]): TokenCount {
  const decoder = new TextDecoder()
  const text = chunks.map((bytes) => decoder.decode(bytes, { stream: true })).join('')
  const named = text.split('\n').findLast((line) => /^data:.*"usage"\s*:\s*\{/.test(line))
  return countUsage(named === undefined ? null : jsonOrNull(named.slice('data:'.length)))
}

/** A stream of a model server that ended before it said why. */
export const brokenOff = () =>
  new PlumblineError('model_unreachable', 'The stream of the model server broke off: repeat the call.')

/** Begins a line of its own, since the source may have broken off within one. */
function errorEvent(error: unknown): Uint8Array {
  const known = PlumblineError.isInstance(error) ? error : brokenOff()
  return new TextEncoder().encode(`\n\ndata: ${JSON.stringify({ error: known.data })}\n\n`)
}
