/** How the reading of a body is watched. */
export type BodyWatch = {
  maxBytes: number
  /** Ends the reading with its reason, even while the source is silent. */
  signal: AbortSignal
  /** What reading fails with when there are more than `maxBytes`. */
  tooLong: () => Error
  /** What reading fails with when the source did. */
  broken: (error: unknown) => Error
  /** Called once, however reading ends. */
  end: () => void
}

/** The same bytes, counted as they pass. A body that fails, is too long or is stopped lets go of its source. */
export function cappedBody(source: ReadableStream<Uint8Array>, watch: BodyWatch): ReadableStream<Uint8Array> {
  const { maxBytes, signal, tooLong, broken, end } = watch
  const reader = source.getReader()
  let bytes = 0
  let ended = false
  const finish = (): boolean => {
    if (ended) return false
    ended = true
    end()
    return true
  }
  const letGo = (reason: unknown) => void reader.cancel(reason).catch(() => {})
  return new ReadableStream<Uint8Array>({
    start(controller) {
      signal.addEventListener('abort', () => {
        if (!finish()) return
        controller.error(signal.reason)
        letGo(signal.reason)
      })
    },
    async pull(controller) {
      const chunk = await reader.read().catch((error: unknown) => ({ failure: broken(error) }))
      if (ended) return
      if ('failure' in chunk) {
        finish()
        controller.error(chunk.failure)
        return
      }
      if (chunk.done) {
        finish()
        controller.close()
        return
      }
      bytes += chunk.value.byteLength
      if (bytes <= maxBytes) {
        controller.enqueue(chunk.value)
        return
      }
      const error = tooLong()
      finish()
      controller.error(error)
      letGo(error)
    },
    cancel(reason) {
      finish()
      letGo(reason)
    },
  })
}
