import { createParser } from 'eventsource-parser'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { type Chunk, chunk } from './completion.ts'

/** The events of a streamed completion; what is none is passed over. Whoever stops reading ends the stream. */
export async function* readChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Chunk, void> {
  const come: Chunk[] = []
  const parser = createParser({
    onEvent({ data }) {
      const read = chunk.safeParse(jsonOrNull(data))
      if (read.success) come.push(read.data)
    },
  })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parser.feed(decoder.decode(next.value, { stream: true }))
      yield* come.splice(0)
    }
  } finally {
    await reader.cancel()
  }
}
