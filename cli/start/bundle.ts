import { fileURLToPath } from 'node:url'
import { build, stop } from 'esbuild'

/** The folder of wrangler.toml. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A Worker as one module: its entry bundled by the bundler that wrangler uses. */
export async function bundle(main: string): Promise<string> {
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
