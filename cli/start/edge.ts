import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, stop } from 'esbuild'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { PlumblineError } from '../../shared/protocol/error.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export type Edge = {
  /** Replaces the variables; the edge starts anew with the same records. */
  configure(variables: Record<string, string>): Promise<void>
  close(): Promise<void>
}

/** The Worker of wrangler.toml as one module: its entry bundled by the bundler that wrangler uses. */
async function bundle(main: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [main],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    logLevel: 'error',
  })
  await stop()
  return outputFiles[0]?.text ?? ''
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
  const contents = await bundle(main)
  const options = (bindings: Record<string, string>) =>
    convertV4MiniflareOptions({
      resourcePersistencePath: folder,
      cf: false,
      log: new Log(LogLevel.ERROR),
      workers: [
        {
          ...workerOptions,
          bindings: { ...declared, ...bindings },
          modules: [{ type: 'ESModule', path: 'edge.js', contents }],
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
