import { LIMITS } from '../platform/limits.ts'
import { within } from '../waiting/within.ts'

/** One server-sent event; `name` becomes its `event` line. */
export type ServerEvent = { name?: string; data: object | string }

/**
 * Events as they are made, as bytes; a comment goes out whenever none was made for `pulseMs`. Whoever leaves ends their
 * making.
 */
export function eventBytes(
  events: AsyncGenerator<ServerEvent, void>,
  pulseMs: number = LIMITS.streamPulseMs,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let coming: Promise<IteratorResult<ServerEvent, void>> | null = null
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      coming ??= events.next()
      const next = await within(coming, pulseMs)
      if (next === null) {
        controller.enqueue(encoder.encode(': still waiting\n\n'))
        return
      }
      coming = null
      if (next.done) {
        controller.close()
        return
      }
      const { name, data } = next.value
      const line = typeof data === 'string' ? data : JSON.stringify(data)
      controller.enqueue(encoder.encode(`${name === undefined ? '' : `event: ${name}\n`}data: ${line}\n\n`))
    },
    cancel: async () => void (await events.return()),
  })
}

/** An answer of server-sent events. */
export function eventResponse(events: AsyncGenerator<ServerEvent, void>): Response {
  return new Response(eventBytes(events), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  })
}
