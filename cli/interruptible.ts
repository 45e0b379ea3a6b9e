/** Exit status of a process that ctrl-C ended. */
const INTERRUPTED = 130

/** Does work that ctrl-C may stop; then says `farewell`, what is left and how it goes on, and gives null. */
export async function interruptible<T>(
  farewell: () => string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const interrupt = new AbortController()
  const stop = () => interrupt.abort()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    return await work(interrupt.signal)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    console.error(farewell())
    process.exitCode = INTERRUPTED
    return null
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

/** The farewell of a command that goes on by itself when it is called again: `kept` is where from. */
export const goesOn = (kept: string) => () => `Stopped: ${kept}, the same command goes on from there.`
