/** One server-sent event; `name` becomes its `event` line. */
export type ServerEvent = { name?: string; data: object | string }

/** Events as they are made, as bytes. Whoever leaves ends their making. */
export function eventBytes(events: AsyncGenerator<ServerEvent, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await events.next()
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
