import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, stop } from 'esbuild'

/** The folder of wrangler.toml. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A module of a Worker, as Miniflare takes them: the first is the entry. */
export type Module =
  | { type: 'ESModule'; path: string; contents: string }
  | { type: 'CompiledWasm'; path: string; contents: Uint8Array<ArrayBuffer> }

/** A Worker's modules: its entry bundled by the bundler that wrangler uses, and the WebAssembly that it imports. */
export async function bundle(main: string): Promise<Module[]> {
  const compiled: Module[] = []
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [main],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    plugins: [beside(compiled)],
    logLevel: 'error',
  })
  await stop()
  return [{ type: 'ESModule', path: 'edge.js', contents: outputFiles[0]?.text ?? '' }, ...compiled]
}

/** WebAssembly stays a module of its own, since Workers compile none while they run. */
function beside(compiled: Module[]): Plugin {
  return {
    name: 'wasm',
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir }) => {
        const name = `${compiled.length}.wasm`
        const contents = new Uint8Array(await readFile(join(resolveDir, path)))
        compiled.push({ type: 'CompiledWasm', path: name, contents })
        return { path: `./${name}`, external: true }
      })
    },
  }
}
