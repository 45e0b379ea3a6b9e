/** How the reading of a body is watched. */
export type BodyWatch = {
  maxBytes: number
  /** What reading fails with when there are more than `maxBytes`. */
  tooLong: () => Error
  /** What reading fails with when the source did. */
  broken: (error: unknown) => unknown
  /** Called once, however reading ends. */
  end: () => void
}

/** The same bytes, counted as they pass. A body that fails, is too long or is cancelled lets go of its source. */
export function cappedBody(
  source: ReadableStream<Uint8Array>,
  { maxBytes, tooLong, broken, end }: BodyWatch,
): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  let bytes = 0
  const read = async () => {
    try {
      return await reader.read()
    } catch (error) {
      throw broken(error)
    }
  }
  const letGo = async (reason: unknown) => {
    end()
    await reader.cancel(reason).catch(() => {})
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await read()
        bytes += value?.byteLength ?? 0
        if (bytes > maxBytes) throw tooLong()
        if (value) controller.enqueue(value)
        if (done) {
          end()
          controller.close()
        }
      } catch (error) {
        controller.error(error)
        await letGo(error)
      }
    },
    cancel: letGo,
  })
}
