import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Edge } from './edge.ts'

/** What the launcher asks of the edge's process, one at a time, each answered by one `EdgeAnswer`. */
export type EdgeOrder =
  | { kind: 'start'; port: number; folder: string; variables: Record<string, string> }
  | { kind: 'configure'; variables: Record<string, string> }
/** Why it could not be done, or null. */
export type EdgeAnswer = { refused: string | null }

export type EdgeProcess = Edge & {
  ready: Promise<void>
  /** Rejects with a sentence when the process ends. */
  failed: Promise<never>
}

/**
 * `startEdge` in a child, which ends workerd when this process ends, however it ends: workerd by itself would
 * live on and hold the port.
 */
export function startEdgeProcess(
  port: number,
  folder: string,
  variables: Record<string, string>,
): EdgeProcess {
  const child = fork(fileURLToPath(new URL('./edge-child.ts', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const failed = ended.then(([code, signal]) => {
    throw new PlumblineError('not_configured', `The edge ended (${signal ?? `status ${code}`}).`)
  })
  // Whoever awaits it hears of it; the others must not count as unheard.
  failed.catch(() => {})
  const order = (what: EdgeOrder) => Promise.race([ask(child, what), failed])
  return {
    ready: order({ kind: 'start', port, folder, variables }),
    failed,
    configure: (changed) => order({ kind: 'configure', variables: changed }),
    async close() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

function ask(child: ChildProcess, order: EdgeOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', ({ refused }: EdgeAnswer) =>
      refused === null ? resolve() : reject(new PlumblineError('not_configured', refused)),
    )
    child.send(order)
  })
}
