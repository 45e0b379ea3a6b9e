import type { GenerateEvent, GenerateRequest } from '../generate/engine.ts'
import type { Answering } from './traced-engine.ts'

/** An event of one of several generations. */
export type Part = { index: number; event: GenerateEvent }

/**
 * Several generations at once: their events as they come, each with the place of its request. The first that
 * fails ends all, and so does whoever stops reading.
 */
export function generateTogether(
  engine: Answering,
  requests: readonly GenerateRequest[],
  callers: AbortSignal,
): ReadableStream<Part> {
  const left = new AbortController()
  const signal = AbortSignal.any([callers, left.signal])
  return new ReadableStream<Part>({
    start(controller) {
      const generations = requests.map(async (request, index) => {
        for await (const event of engine.generate({ ...request, signal })) {
          if (!signal.aborted) controller.enqueue({ index, event })
        }
      })
      Promise.all(generations).then(
        () => controller.close(),
        (error) => {
          left.abort(error)
          controller.error(error)
        },
      )
    },
    cancel: (reason) => left.abort(reason),
  })
}
