/** Exit status of a process that ctrl-C ended. */
const INTERRUPTED = 130

/** Does work that ctrl-C may stop; then says so: `stopped` is where the rest goes on from, in a sentence. */
export async function interruptible(
  stopped: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const interrupt = new AbortController()
  const stop = () => interrupt.abort()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    await work(interrupt.signal)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    console.error(`Stopped: ${stopped}, the same command goes on from there.`)
    process.exitCode = INTERRUPTED
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
