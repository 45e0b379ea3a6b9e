import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { bundle, ROOT } from './bundle.ts'

export type Edge = {
  /** Replaces the variables; the edge starts anew with the same records. */
  configure(variables: Record<string, string>): Promise<void>
  close(): Promise<void>
}

/**
 * Runs the edge in workerd on 127.0.0.1, with the bindings of wrangler.toml and its objects' storage under
 * `folder`. Callers reach workerd's own socket, with no proxy of miniflare's between.
 */
export async function startEdge(
  port: number,
  folder: string,
  variables: Record<string, string>,
): Promise<Edge> {
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'))
  if (main === undefined) throw new PlumblineError('not_configured', 'wrangler.toml has no main.')
  const declared = workerOptions.bindings ?? {}
  const modules = await bundle(main)
  const options = (bindings: Record<string, string>) =>
    convertV4MiniflareOptions({
      resourcePersistencePath: folder,
      cf: false,
      log: new Log(LogLevel.ERROR),
      workers: [
        {
          ...workerOptions,
          bindings: { ...declared, ...bindings },
          modules,
          unsafeDirectSockets: [{ host: '127.0.0.1', port }],
        },
      ],
    })
  const miniflare = new Miniflare(options(variables))
  await miniflare.ready
  return {
    configure: (changed) => miniflare.setOptions(options(changed)),
    close: () => miniflare.dispose(),
  }
}
