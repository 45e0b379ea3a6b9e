import { PlumblineError } from '../../shared/protocol/error.ts'
import { type Edge, startEdge } from './edge.ts'
import type { EdgeAnswer, EdgeOrder } from './edge-process.ts'
import { requireFree } from './port.ts'

/** The edge's process: does what its launcher asks, and ends with it. */

let edge: Promise<Edge> | null = null
let interrupted = false

process.on('message', async (order: EdgeOrder) => {
  const answer: EdgeAnswer = { refused: await carryOut(order) }
  // A launcher that ends meanwhile needs no answer.
  if (process.connected) process.send?.(answer, undefined, undefined, () => {})
})
process.on('disconnect', async () => {
  const opened = await edge?.catch(() => null)
  await opened?.close()
  process.exit()
})
leaveSignalsToLauncher()

async function carryOut(order: EdgeOrder): Promise<string | null> {
  try {
    if (order.kind === 'start') edge = startEdge(order.port, order.folder, order.variables)
    else await (await edge)?.configure(order.variables)
    await edge
    leaveSignalsToLauncher()
    return null
  } catch (error) {
    if (PlumblineError.isInstance(error)) return error.message
    const taken = order.kind === 'start' ? await whyTaken(order.port) : null
    if (taken !== null) return taken
    // Ctrl-C reaches the bundler too, whose end is then no fault.
    if (!interrupted) console.error(error)
    return 'The edge broke on a fault of its own: it is printed above.'
  }
}

/** What to do about a port that another program has taken since the launcher looked; null where it is free. */
function whyTaken(port: number): Promise<string | null> {
  return requireFree(port).then(
    () => null,
    (error: unknown) => (PlumblineError.isInstance(error) ? error.message : null),
  )
}

/** Ctrl-C reaches every process of a terminal, and Miniflare would end this one on the spot. */
function leaveSignalsToLauncher(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal)
    process.on(signal, () => {
      interrupted = true
    })
  }
}
