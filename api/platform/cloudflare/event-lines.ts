import type { DeskEvent } from '../desk/port.ts'

/** Events as lines of JSON: what crosses from a Durable Object to a Worker, since only bytes do. */
export function toLines(events: ReadableStream<DeskEvent>): ReadableStream<Uint8Array> {
  const lines = new TransformStream<DeskEvent, string>({
    transform: (event, controller) => controller.enqueue(`${JSON.stringify(event)}\n`),
  })
  return events.pipeThrough(lines).pipeThrough(new TextEncoderStream())
}

/** The inverse of `toLines`. */
export function fromLines(bytes: ReadableStream<Uint8Array>): ReadableStream<DeskEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  const events = new TransformStream<Uint8Array, DeskEvent>({
    transform(chunk, controller) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) controller.enqueue(JSON.parse(line))
    },
  })
  return bytes.pipeThrough(events)
}
