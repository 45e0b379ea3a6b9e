import { createParser } from 'eventsource-parser'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { type Chunk, chunk } from './completion.ts'
import { brokenOff } from './follow-stream.ts'

/**
 * The events of a streamed completion; what is none is passed over. One that ends without a `finish_reason` or `[DONE]`
 * was cut off, which is said as an error. Whoever stops reading ends the stream.
 */
export async function* readChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Chunk, void> {
  const come: Chunk[] = []
  let finished = false
  const parser = createParser({
    onEvent({ data }) {
      finished ||= data === '[DONE]'
      const read = chunk.safeParse(jsonOrNull(data))
      if (!read.success) return
      come.push(read.data)
      finished ||= read.data.choices?.some(({ finish_reason: finish }) => finish) ?? false
    },
  })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parser.feed(decoder.decode(next.value, { stream: true }))
      yield* come.splice(0)
    }
    if (!finished) yield { error: brokenOff().data }
  } finally {
    await reader.cancel()
  }
}
